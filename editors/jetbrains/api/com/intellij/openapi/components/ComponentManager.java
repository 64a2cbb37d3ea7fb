package com.intellij.openapi.components;

import com.intellij.openapi.Disposable;
import com.intellij.openapi.util.Condition;
import com.intellij.openapi.util.UserDataHolder;

public interface ComponentManager extends UserDataHolder, Disposable {
    <T> T getService(Class<T> type);
    Condition<?> getDisposed();
}
