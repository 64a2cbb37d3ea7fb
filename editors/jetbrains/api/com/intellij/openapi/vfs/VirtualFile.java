package com.intellij.openapi.vfs;

import com.intellij.openapi.util.UserDataHolderBase;

public abstract class VirtualFile extends UserDataHolderBase { public abstract String getPath(); }
