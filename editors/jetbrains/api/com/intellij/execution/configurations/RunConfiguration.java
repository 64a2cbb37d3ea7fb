package com.intellij.execution.configurations;

import com.intellij.openapi.options.SettingsEditor;
import com.intellij.openapi.project.Project;

public interface RunConfiguration extends RunProfile, Cloneable {
    SettingsEditor<? extends RunConfiguration> getConfigurationEditor();
    Project getProject();
    RunConfiguration clone();
    void setName(String name);
    default void checkConfiguration() throws RuntimeConfigurationException {}
}
