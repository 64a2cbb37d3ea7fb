package com.intellij.execution.ui;

public class ConsoleViewContentType { public static final ConsoleViewContentType NORMAL_OUTPUT = null; }
