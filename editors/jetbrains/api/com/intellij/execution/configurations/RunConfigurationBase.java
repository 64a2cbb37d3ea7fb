package com.intellij.execution.configurations;

import com.intellij.openapi.project.Project;
import com.intellij.openapi.util.UserDataHolderBase;
import javax.swing.Icon;

public abstract class RunConfigurationBase<T> extends UserDataHolderBase implements RunConfiguration {
    protected RunConfigurationBase(Project project, ConfigurationFactory factory, String name) {}
    protected RunConfigurationOptions getOptions() { throw new UnsupportedOperationException(); }
    @Override public final Project getProject() { throw new UnsupportedOperationException(); }
    @Override public final String getName() { throw new UnsupportedOperationException(); }
    @Override public final void setName(String name) { throw new UnsupportedOperationException(); }
    @Override public Icon getIcon() { throw new UnsupportedOperationException(); }
    @Override public RunConfiguration clone() { throw new UnsupportedOperationException(); }
}
