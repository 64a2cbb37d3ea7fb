package com.intellij.execution.configurations;

public final class ConfigurationTypeUtil {
    public static <T extends ConfigurationType> T findConfigurationType(Class<T> type) { throw new UnsupportedOperationException(); }
}
