package com.intellij.openapi.util;

public interface Getter<A> extends java.util.function.Supplier<A> { @Override A get(); }
