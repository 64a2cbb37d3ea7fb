package com.intellij.openapi.actionSystem;

public interface DataContext { default <T> T getData(DataKey<T> key) { throw new UnsupportedOperationException(); } }
