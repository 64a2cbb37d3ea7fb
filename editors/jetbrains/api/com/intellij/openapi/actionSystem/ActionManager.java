package com.intellij.openapi.actionSystem;

public abstract class ActionManager {
    public static ActionManager getInstance() { throw new UnsupportedOperationException(); }
    public abstract ActionToolbar createActionToolbar(String place, ActionGroup group, boolean horizontal);
}
