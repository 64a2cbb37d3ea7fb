package com.intellij.execution.filters;

import com.intellij.openapi.project.Project;

public abstract class TextConsoleBuilderFactory {
    public static TextConsoleBuilderFactory getInstance() { throw new UnsupportedOperationException(); }
    public abstract TextConsoleBuilder createBuilder(Project project);
}
