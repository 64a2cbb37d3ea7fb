package com.intellij.execution.configurations;

import com.intellij.openapi.components.BaseState;
import com.intellij.openapi.project.Project;

public abstract class ConfigurationFactory {
    protected ConfigurationFactory(ConfigurationType type) {}
    public String getId() { throw new UnsupportedOperationException(); }
    public abstract RunConfiguration createTemplateConfiguration(Project project);
    public Class<? extends BaseState> getOptionsClass() { return null; }
    public boolean isEditableInDumbMode() { return false; }
}
