package com.intellij.openapi.project;

public interface DumbAware extends PossiblyDumbAware { @Override default boolean isDumbAware() { return true; } }
