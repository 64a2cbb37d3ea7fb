package com.intellij.execution.actions;

import com.intellij.execution.configurations.ConfigurationFactory;
import com.intellij.execution.configurations.RunConfiguration;

public abstract class LazyRunConfigurationProducer<T extends RunConfiguration> extends RunConfigurationProducer<T> {
    @Override public abstract ConfigurationFactory getConfigurationFactory();
}
