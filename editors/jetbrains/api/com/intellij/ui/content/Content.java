package com.intellij.ui.content;

import com.intellij.openapi.Disposable;
import com.intellij.openapi.ui.ComponentContainer;
import com.intellij.openapi.util.UserDataHolder;

public interface Content extends UserDataHolder, ComponentContainer {
    void setDisposer(Disposable disposer);
    void setCloseable(boolean closeable);
}
