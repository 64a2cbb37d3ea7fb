package com.intellij.openapi.editor.event;

import com.intellij.openapi.editor.Editor;

public class EditorFactoryEvent extends java.util.EventObject {
    public EditorFactoryEvent(Object source) { super(source); }
    public Editor getEditor() { throw new UnsupportedOperationException(); }
}
