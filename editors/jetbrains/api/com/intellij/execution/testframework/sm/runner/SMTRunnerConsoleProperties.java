package com.intellij.execution.testframework.sm.runner;

import com.intellij.execution.Executor;
import com.intellij.execution.configurations.RunConfiguration;
import com.intellij.execution.filters.Filter;
import com.intellij.execution.testframework.TestConsoleProperties;
import com.intellij.execution.testframework.actions.AbstractRerunFailedTestsAction;
import com.intellij.execution.ui.ConsoleView;

public class SMTRunnerConsoleProperties extends TestConsoleProperties {
    public SMTRunnerConsoleProperties(RunConfiguration configuration, String framework, Executor executor) {}
    public void setIdBasedTestTree(boolean idBased) { throw new UnsupportedOperationException(); }
    public void setPrintTestingStartedTime(boolean print) { throw new UnsupportedOperationException(); }
    public void addStackTraceFilter(Filter filter) { throw new UnsupportedOperationException(); }
    public SMTestLocator getTestLocator() { return null; }
    public AbstractRerunFailedTestsAction createRerunFailedTestsAction(ConsoleView console) { return null; }
}
