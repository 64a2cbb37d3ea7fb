package com.intellij.openapi.options;

import javax.swing.JComponent;

public abstract class SettingsEditor<Settings> {
    protected abstract void resetEditorFrom(Settings settings);
    protected abstract void applyEditorTo(Settings settings) throws ConfigurationException;
    protected abstract JComponent createEditor();
}
