package com.intellij.openapi.actionSystem;

public class AnActionEvent {
    public final Presentation getPresentation() { throw new UnsupportedOperationException(); }
}
