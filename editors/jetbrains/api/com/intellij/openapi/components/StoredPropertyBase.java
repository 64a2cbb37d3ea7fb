package com.intellij.openapi.components;

public abstract class StoredPropertyBase<T> {
    public final StoredProperty<T> provideDelegate(Object thisRef, String propertyName) { throw new UnsupportedOperationException(); }
}
