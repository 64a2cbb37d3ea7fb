package com.intellij.execution.configurations;

import javax.swing.Icon;

public abstract class ConfigurationTypeBase implements ConfigurationType {
    protected ConfigurationTypeBase(String id, String displayName, String description, Icon icon) {}
    protected final void addFactory(ConfigurationFactory factory) { throw new UnsupportedOperationException(); }
    @Override public ConfigurationFactory[] getConfigurationFactories() { throw new UnsupportedOperationException(); }
}
