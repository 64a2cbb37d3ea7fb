package com.intellij.execution.filters;

import com.intellij.openapi.project.Project;
import com.intellij.openapi.vfs.VirtualFile;

public class OpenFileHyperlinkInfo implements HyperlinkInfo {
    public OpenFileHyperlinkInfo(Project project, VirtualFile file, int line) {}
}
