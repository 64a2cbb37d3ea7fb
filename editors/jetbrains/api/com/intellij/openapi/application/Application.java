package com.intellij.openapi.application;

import com.intellij.openapi.util.Condition;

public interface Application { void invokeLater(Runnable action, Condition<?> expired); }
