package com.intellij.execution.actions;

import com.intellij.openapi.actionSystem.DataContext;
import com.intellij.openapi.project.Project;
import com.intellij.psi.PsiElement;

public class ConfigurationContext {
    public PsiElement getPsiLocation() { throw new UnsupportedOperationException(); }
    public Project getProject() { throw new UnsupportedOperationException(); }
    public DataContext getDataContext() { throw new UnsupportedOperationException(); }
}
