package com.intellij.psi;

import com.intellij.openapi.vfs.VirtualFile;

public interface PsiFile extends PsiElement { VirtualFile getVirtualFile(); }
