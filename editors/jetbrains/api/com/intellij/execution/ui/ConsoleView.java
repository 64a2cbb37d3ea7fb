package com.intellij.execution.ui;

import com.intellij.execution.process.ProcessHandler;
import com.intellij.openapi.ui.ComponentContainer;
import javax.swing.JComponent;

public interface ConsoleView extends ExecutionConsole, ComponentContainer {
    void attachToProcess(ProcessHandler process);
    void print(String text, ConsoleViewContentType type);
    @Override JComponent getComponent();
}
