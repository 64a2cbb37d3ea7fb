package com.intellij.execution.configurations;

public class LocatableRunConfigurationOptions extends RunConfigurationOptions {}
