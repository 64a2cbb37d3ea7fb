package com.intellij.openapi.editor.markup;

import com.intellij.openapi.actionSystem.AnAction;
import com.intellij.openapi.project.PossiblyDumbAware;
import javax.swing.Icon;

public abstract class GutterIconRenderer implements PossiblyDumbAware {
    public enum Alignment { LEFT, CENTER, RIGHT }
    public abstract Icon getIcon();
    public String getTooltipText() { return null; }
    public AnAction getClickAction() { return null; }
    public boolean isNavigateAction() { return false; }
    public Alignment getAlignment() { return Alignment.CENTER; }
    @Override public abstract boolean equals(Object other);
    @Override public abstract int hashCode();
}
