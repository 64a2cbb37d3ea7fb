package com.intellij.execution.process;

import com.intellij.openapi.util.UserDataHolderBase;

public abstract class ProcessHandler extends UserDataHolderBase {}
