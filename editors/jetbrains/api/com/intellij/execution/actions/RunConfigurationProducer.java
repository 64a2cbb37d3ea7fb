package com.intellij.execution.actions;

import com.intellij.execution.configurations.ConfigurationFactory;
import com.intellij.execution.configurations.RunConfiguration;
import com.intellij.openapi.util.Ref;
import com.intellij.psi.PsiElement;

public abstract class RunConfigurationProducer<T extends RunConfiguration> {
    public ConfigurationFactory getConfigurationFactory() { throw new UnsupportedOperationException(); }
    protected abstract boolean setupConfigurationFromContext(T configuration, ConfigurationContext context, Ref<PsiElement> source);
    public abstract boolean isConfigurationFromContext(T configuration, ConfigurationContext context);
}
