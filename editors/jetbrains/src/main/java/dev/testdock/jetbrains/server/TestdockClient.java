package dev.testdock.jetbrains.server;

import com.google.gson.JsonObject;
import com.intellij.openapi.project.Project;
import com.redhat.devtools.lsp4ij.ServerStatus;
import com.redhat.devtools.lsp4ij.client.LanguageClientImpl;
import dev.testdock.jetbrains.TestdockService;
import dev.testdock.jetbrains.TestdockSettings;
import dev.testdock.jetbrains.logic.Protocol.Containers;
import dev.testdock.jetbrains.logic.Protocol.FileMarks;
import dev.testdock.jetbrains.logic.Protocol.Interpreters;
import org.eclipse.lsp4j.jsonrpc.services.JsonNotification;

/** Hands over what the server says; nothing here waits. */
public final class TestdockClient extends LanguageClientImpl {
    private final TestdockService service;

    public TestdockClient(Project project) {
        super(project);
        service = TestdockService.of(project);
        service.speaksThrough(this);
    }

    @Override
    public void handleServerStatusChanged(ServerStatus status) {
        super.handleServerStatusChanged(status);
        if (status == ServerStatus.started) {
            service.started();
        }
    }

    /** The answer to {@code workspace/configuration}. */
    @Override
    protected Object createSettings() {
        JsonObject settings = new JsonObject();
        settings.add("testdock", TestdockSettings.of(getProject()).forServer());
        return settings;
    }

    @JsonNotification("testdock/marks")
    public void marks(FileMarks params) {
        service.marked(params);
    }

    @JsonNotification("testdock/interpretersChanged")
    public void interpretersChanged(Interpreters params) {
        service.interpreters.take(params, params.seq);
    }

    @JsonNotification("testdock/containersChanged")
    public void containersChanged(Containers params) {
        service.containers.take(params, params.seq);
    }
}
