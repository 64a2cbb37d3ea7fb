package com.intellij.execution.ui;

import com.intellij.openapi.ui.ComponentContainer;
import javax.swing.JComponent;

public interface ConsoleView extends ExecutionConsole, ComponentContainer {
    void print(String text, ConsoleViewContentType type);
    @Override JComponent getComponent();
}
