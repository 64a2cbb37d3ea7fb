package com.intellij.execution.testframework.sm.runner.ui;

import com.intellij.execution.process.ProcessHandler;
import com.intellij.execution.ui.ConsoleView;

public abstract class SMTRunnerConsoleView implements ConsoleView {
    public void attachToProcess(ProcessHandler process) { throw new UnsupportedOperationException(); }
    public SMTestRunnerResultsForm getResultsViewer() { throw new UnsupportedOperationException(); }
}
