package com.intellij.execution.configurations;

import com.intellij.execution.ExecutionException;
import com.intellij.execution.ExecutionResult;
import com.intellij.execution.Executor;
import com.intellij.execution.process.ProcessHandler;
import com.intellij.execution.runners.ExecutionEnvironment;
import com.intellij.execution.runners.ProgramRunner;
import com.intellij.execution.ui.ConsoleView;
import com.intellij.openapi.actionSystem.AnAction;

public abstract class CommandLineState implements RunProfileState {
    protected CommandLineState(ExecutionEnvironment environment) {}
    protected abstract ProcessHandler startProcess() throws ExecutionException;
    @Override public ExecutionResult execute(Executor executor, ProgramRunner<?> runner) throws ExecutionException { throw new UnsupportedOperationException(); }
    protected AnAction[] createActions(ConsoleView console, ProcessHandler process, Executor executor) { throw new UnsupportedOperationException(); }
}
