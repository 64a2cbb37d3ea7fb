package com.intellij.openapi.actionSystem;

import com.intellij.openapi.project.PossiblyDumbAware;
import javax.swing.Icon;

public abstract class AnAction implements PossiblyDumbAware {
    public AnAction() {}
    public AnAction(String text, String description, Icon icon) {}
    public abstract void actionPerformed(AnActionEvent event);
    public void update(AnActionEvent event) {}
    public ActionUpdateThread getActionUpdateThread() { throw new UnsupportedOperationException(); }
}
