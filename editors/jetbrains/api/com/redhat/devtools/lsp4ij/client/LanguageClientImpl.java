package com.redhat.devtools.lsp4ij.client;

import com.intellij.openapi.Disposable;
import com.intellij.openapi.project.Project;
import org.eclipse.lsp4j.services.LanguageClient;

public class LanguageClientImpl implements LanguageClient, Disposable {
    public LanguageClientImpl(Project project) {}
    public Project getProject() { throw new UnsupportedOperationException(); }
    protected Object createSettings() { throw new UnsupportedOperationException(); }
    public void triggerChangeConfiguration() { throw new UnsupportedOperationException(); }
    @Override public void dispose() {}
    public void handleServerStatusChanged(com.redhat.devtools.lsp4ij.ServerStatus status) {}
}
