package com.intellij.openapi.editor.markup;

public interface RangeHighlighter { void setGutterIconRenderer(GutterIconRenderer renderer); }
