package com.intellij.openapi.ui;

import javax.swing.JComponent;
import javax.swing.JPanel;

public class SimpleToolWindowPanel extends JPanel {
    public SimpleToolWindowPanel(boolean vertical, boolean borderless) {}
    public void setToolbar(JComponent component) { throw new UnsupportedOperationException(); }
    public void setContent(JComponent component) { throw new UnsupportedOperationException(); }
}
