package com.intellij.execution.testframework.sm;

import com.intellij.execution.testframework.sm.runner.SMTRunnerConsoleProperties;
import com.intellij.execution.testframework.sm.runner.ui.SMTRunnerConsoleView;

public final class SMTestRunnerConnectionUtil {
    public static SMTRunnerConsoleView createConsole(SMTRunnerConsoleProperties properties) { throw new UnsupportedOperationException(); }
}
