package com.intellij.execution.configurations;

import com.intellij.openapi.components.BaseState;

public class RunConfigurationOptions extends BaseState {}
