package com.intellij.execution.testframework.sm.runner;

import com.intellij.execution.Executor;

public interface SMRunnerConsolePropertiesProvider { SMTRunnerConsoleProperties createTestConsoleProperties(Executor executor); }
