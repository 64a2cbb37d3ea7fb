package com.intellij.execution.testframework.sm.runner;

import com.intellij.execution.testframework.AbstractTestProxy;

public class SMTestProxy extends AbstractTestProxy {
    public String getMetainfo() { throw new UnsupportedOperationException(); }
    @Override public boolean isLeaf() { throw new UnsupportedOperationException(); }
}
