package com.intellij.execution.process;

import com.intellij.execution.ExecutionException;
import com.intellij.execution.configurations.GeneralCommandLine;

public class KillableProcessHandler extends ProcessHandler {
    public KillableProcessHandler(GeneralCommandLine command) throws ExecutionException {}
    public void setShouldKillProcessSoftly(boolean softly) { throw new UnsupportedOperationException(); }
}
