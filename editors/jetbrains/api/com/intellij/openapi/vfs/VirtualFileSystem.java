package com.intellij.openapi.vfs;

public abstract class VirtualFileSystem { public abstract VirtualFile findFileByPath(String path); }
