package com.intellij.execution.testframework.sm.runner.ui;

import com.intellij.execution.testframework.TestFrameworkRunningModel;

public abstract class SMTestRunnerResultsForm implements TestFrameworkRunningModel {}
