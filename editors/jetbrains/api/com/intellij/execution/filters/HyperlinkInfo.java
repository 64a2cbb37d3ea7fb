package com.intellij.execution.filters;

public interface HyperlinkInfo {}
