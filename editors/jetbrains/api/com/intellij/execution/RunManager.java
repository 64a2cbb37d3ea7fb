package com.intellij.execution;

import com.intellij.execution.configurations.ConfigurationFactory;
import com.intellij.openapi.project.Project;

public abstract class RunManager {
    public static final RunManager getInstance(Project project) { throw new UnsupportedOperationException(); }
    public abstract RunnerAndConfigurationSettings createConfiguration(String name, ConfigurationFactory factory);
    public abstract void setTemporaryConfiguration(RunnerAndConfigurationSettings settings);
}
