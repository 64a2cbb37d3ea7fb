package com.intellij.execution.process;

public final class ProcessTerminatedListener {
    public static void attach(ProcessHandler process) { throw new UnsupportedOperationException(); }
}
