package com.intellij.openapi.util;

public class UserDataHolderBase implements UserDataHolder {
    @Override public <T> T getUserData(Key<T> key) { throw new UnsupportedOperationException(); }
    @Override public final <T> void putUserData(Key<T> key, T value) { throw new UnsupportedOperationException(); }
}
