package com.intellij.execution.runners;

import com.intellij.openapi.util.UserDataHolderBase;

public final class ExecutionEnvironment extends UserDataHolderBase {}
