package com.intellij.psi;

public interface PsiElement { PsiFile getContainingFile(); }
