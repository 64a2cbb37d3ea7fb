package com.intellij.openapi.components;

public interface StoredProperty<T> {
    T getValue(BaseState thisRef);
    void setValue(BaseState thisRef, T value);
}
