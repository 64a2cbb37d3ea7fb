package com.intellij.execution.testframework;

public abstract class TestConsoleProperties {}
