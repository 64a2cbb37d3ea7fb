package com.intellij.openapi.fileEditor;

import com.intellij.openapi.editor.Document;
import com.intellij.openapi.vfs.VirtualFile;

public abstract class FileDocumentManager {
    public static FileDocumentManager getInstance() { throw new UnsupportedOperationException(); }
    public abstract VirtualFile getFile(Document document);
}
