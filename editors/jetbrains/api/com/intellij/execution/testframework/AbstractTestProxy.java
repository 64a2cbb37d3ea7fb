package com.intellij.execution.testframework;

import com.intellij.openapi.actionSystem.DataKey;

public abstract class AbstractTestProxy {
    public static final DataKey<AbstractTestProxy> DATA_KEY = null;
    public abstract boolean isLeaf();
}
