package com.intellij.openapi.ui;

import com.intellij.openapi.project.Project;
import javax.swing.Icon;

public class Messages {
    public static final int YES = 0;
    public static int showYesNoDialog(Project project, String message, String title, Icon icon) { throw new UnsupportedOperationException(); }
}
