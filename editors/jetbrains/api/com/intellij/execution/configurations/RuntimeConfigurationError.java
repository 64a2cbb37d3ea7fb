package com.intellij.execution.configurations;

public class RuntimeConfigurationError extends RuntimeConfigurationException { public RuntimeConfigurationError(String message) { super(message); } }
