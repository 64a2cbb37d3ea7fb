package com.intellij.openapi.editor;

import com.intellij.openapi.util.UserDataHolder;

public interface Document extends UserDataHolder { int getLineCount(); }
