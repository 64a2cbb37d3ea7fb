package com.intellij.execution;

public final class ProgramRunnerUtil {
    public static void executeConfiguration(RunnerAndConfigurationSettings settings, Executor executor) { throw new UnsupportedOperationException(); }
}
