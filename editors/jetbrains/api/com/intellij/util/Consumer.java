package com.intellij.util;

public interface Consumer<T> extends java.util.function.Consumer<T> {
    void consume(T t);
    @Override default void accept(T t) { consume(t); }
}
