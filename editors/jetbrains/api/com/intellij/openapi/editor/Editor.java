package com.intellij.openapi.editor;

import com.intellij.openapi.project.Project;
import com.intellij.openapi.util.UserDataHolder;

public interface Editor extends UserDataHolder {
    Document getDocument();
    Project getProject();
}
