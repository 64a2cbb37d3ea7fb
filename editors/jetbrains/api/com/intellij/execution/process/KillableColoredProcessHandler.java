package com.intellij.execution.process;

import com.intellij.execution.ExecutionException;
import com.intellij.execution.configurations.GeneralCommandLine;

public class KillableColoredProcessHandler extends ColoredProcessHandler {
    public KillableColoredProcessHandler(GeneralCommandLine command) throws ExecutionException { super(command); }
}
