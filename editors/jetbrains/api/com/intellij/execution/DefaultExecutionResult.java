package com.intellij.execution;

import com.intellij.execution.process.ProcessHandler;
import com.intellij.execution.ui.ExecutionConsole;
import com.intellij.openapi.actionSystem.AnAction;

public class DefaultExecutionResult implements ExecutionResult {
    public DefaultExecutionResult(ExecutionConsole console, ProcessHandler process, AnAction... actions) {}
    public void setRestartActions(AnAction... actions) { throw new UnsupportedOperationException(); }
}
