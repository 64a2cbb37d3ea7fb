package com.intellij.openapi.vfs;

public abstract class LocalFileSystem extends VirtualFileSystem {
    public static LocalFileSystem getInstance() { throw new UnsupportedOperationException(); }
}
