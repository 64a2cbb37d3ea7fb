package com.intellij.execution;

import com.intellij.psi.PsiElement;

public abstract class Location<E extends PsiElement> {}
