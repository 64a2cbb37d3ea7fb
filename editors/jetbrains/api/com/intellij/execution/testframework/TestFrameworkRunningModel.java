package com.intellij.execution.testframework;

import com.intellij.openapi.Disposable;

public interface TestFrameworkRunningModel extends Disposable {}
