package com.intellij.openapi.actionSystem;

public final class Presentation { public void setEnabled(boolean enabled) { throw new UnsupportedOperationException(); } }
