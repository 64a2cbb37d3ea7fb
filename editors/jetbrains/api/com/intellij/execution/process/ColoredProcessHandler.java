package com.intellij.execution.process;

import com.intellij.execution.ExecutionException;
import com.intellij.execution.configurations.GeneralCommandLine;

public class ColoredProcessHandler extends KillableProcessHandler {
    public ColoredProcessHandler(GeneralCommandLine command) throws ExecutionException { super(command); }
}
