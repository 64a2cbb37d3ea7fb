package com.intellij.util.ui;

import javax.swing.JComponent;
import javax.swing.JPanel;

public class FormBuilder {
    public static FormBuilder createFormBuilder() { throw new UnsupportedOperationException(); }
    public FormBuilder addLabeledComponent(String label, JComponent component) { throw new UnsupportedOperationException(); }
    public FormBuilder addComponent(JComponent component) { throw new UnsupportedOperationException(); }
    public JPanel getPanel() { throw new UnsupportedOperationException(); }
}
