package com.intellij.openapi.components;

public abstract class BaseState {
    protected final StoredPropertyBase<String> string(String initialValue) { throw new UnsupportedOperationException(); }
    protected final StoredPropertyBase<Boolean> property(boolean initialValue) { throw new UnsupportedOperationException(); }
}
