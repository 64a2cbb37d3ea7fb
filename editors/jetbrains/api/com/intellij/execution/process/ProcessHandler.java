package com.intellij.execution.process;

import com.intellij.openapi.util.UserDataHolderBase;

public abstract class ProcessHandler extends UserDataHolderBase {
    public void startNotify() { throw new UnsupportedOperationException(); }
    public void destroyProcess() { throw new UnsupportedOperationException(); }
}
