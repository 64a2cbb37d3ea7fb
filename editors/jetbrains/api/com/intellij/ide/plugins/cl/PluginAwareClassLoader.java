package com.intellij.ide.plugins.cl;

public interface PluginAwareClassLoader { com.intellij.openapi.extensions.PluginDescriptor getPluginDescriptor(); }
