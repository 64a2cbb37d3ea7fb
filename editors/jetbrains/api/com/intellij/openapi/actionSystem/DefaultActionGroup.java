package com.intellij.openapi.actionSystem;

public class DefaultActionGroup extends ActionGroup {
    public DefaultActionGroup() {}
    public final void add(AnAction action) { throw new UnsupportedOperationException(); }
    @Override public void actionPerformed(AnActionEvent event) {}
}
