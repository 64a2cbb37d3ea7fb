package dev.testdock.jetbrains.server;

import com.google.gson.JsonObject;
import com.intellij.openapi.project.Project;
import com.redhat.devtools.lsp4ij.client.LanguageClientImpl;
import dev.testdock.jetbrains.TestdockService;
import dev.testdock.jetbrains.TestdockSettings;
import dev.testdock.jetbrains.logic.Protocol.Change;
import dev.testdock.jetbrains.logic.Protocol.Containers;
import dev.testdock.jetbrains.logic.Protocol.Discovered;
import dev.testdock.jetbrains.logic.Protocol.End;
import dev.testdock.jetbrains.logic.Protocol.Interpreters;
import dev.testdock.jetbrains.logic.Protocol.LogEnd;
import dev.testdock.jetbrains.logic.Protocol.LogText;
import dev.testdock.jetbrains.logic.Protocol.Output;
import org.eclipse.lsp4j.jsonrpc.services.JsonNotification;

/** Hands over what the server says; nothing here waits. */
public final class TestdockClient extends LanguageClientImpl {
    private final TestdockService service;

    public TestdockClient(Project project) {
        super(project);
        service = TestdockService.of(project);
        service.speaksThrough(this);
    }

    /** The answer to {@code workspace/configuration}. */
    @Override
    protected Object createSettings() {
        JsonObject settings = new JsonObject();
        settings.add("testdock", TestdockSettings.of(getProject()).forServer());
        return settings;
    }

    @JsonNotification("experimental/discoveredTests")
    public void discoveredTests(Discovered params) {
        service.discovered(params);
    }

    @JsonNotification("experimental/changeTestState")
    public void changeTestState(Change params) {
        service.changed(params);
    }

    /** Runs of lenses and actions: the test tree is that of run configurations. */
    @JsonNotification("experimental/appendOutputToRunTest")
    public void appendOutput(Output params) {}

    @JsonNotification("experimental/endRunTest")
    public void endRun(End params) {}

    @JsonNotification("testdock/interpretersChanged")
    public void interpretersChanged(Interpreters params) {
        service.interpreters.take(params, params.seq);
    }

    @JsonNotification("testdock/containersChanged")
    public void containersChanged(Containers params) {
        service.containers.take(params, params.seq);
    }

    @JsonNotification("testdock/logText")
    public void logText(LogText params) {
        service.logText(params);
    }

    @JsonNotification("testdock/logEnded")
    public void logEnded(LogEnd params) {
        service.logEnded(params);
    }
}
