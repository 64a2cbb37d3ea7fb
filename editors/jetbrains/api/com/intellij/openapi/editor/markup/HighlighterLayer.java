package com.intellij.openapi.editor.markup;

public interface HighlighterLayer { int ADDITIONAL_SYNTAX = 3000; }
