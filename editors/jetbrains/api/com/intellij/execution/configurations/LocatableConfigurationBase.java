package com.intellij.execution.configurations;

import com.intellij.openapi.project.Project;

public abstract class LocatableConfigurationBase<T> extends RunConfigurationBase<T> {
    protected LocatableConfigurationBase(Project project, ConfigurationFactory factory, String name) { super(project, factory, name); }
    @Override protected LocatableRunConfigurationOptions getOptions() { throw new UnsupportedOperationException(); }
}
