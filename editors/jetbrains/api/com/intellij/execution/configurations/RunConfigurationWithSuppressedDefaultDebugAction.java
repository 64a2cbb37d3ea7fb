package com.intellij.execution.configurations;

public interface RunConfigurationWithSuppressedDefaultDebugAction extends RunConfiguration {}
