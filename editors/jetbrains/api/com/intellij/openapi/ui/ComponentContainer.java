package com.intellij.openapi.ui;

import com.intellij.openapi.Disposable;
import javax.swing.JComponent;

public interface ComponentContainer extends Disposable { JComponent getComponent(); }
