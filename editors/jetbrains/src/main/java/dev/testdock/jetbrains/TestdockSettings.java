package dev.testdock.jetbrains;

import com.google.gson.JsonObject;
import com.intellij.ide.plugins.cl.PluginAwareClassLoader;
import com.intellij.openapi.components.PersistentStateComponent;
import com.intellij.openapi.components.State;
import com.intellij.openapi.components.Storage;
import com.intellij.openapi.project.Project;
import dev.testdock.jetbrains.logic.Binary;
import java.nio.file.Path;

/** What a person set for a project. */
@State(name = "Testdock", storages = @Storage("testdock.xml"))
public final class TestdockSettings implements PersistentStateComponent<TestdockSettings> {
    /** The server's path; empty for the one that is found. */
    public String serverPath = "";
    /** Used also without a testdock.toml. */
    public boolean enabled;
    /** Runs are allowed; without it every run is refused. */
    public boolean trusted = true;
    /** The interpreter's name; empty for what each suite says. */
    public String interpreter = "";

    public static TestdockSettings of(Project project) {
        return project.getService(TestdockSettings.class);
    }

    @Override
    public TestdockSettings getState() {
        return this;
    }

    @Override
    public void loadState(TestdockSettings state) {
        serverPath = state.serverPath;
        enabled = state.enabled;
        trusted = state.trusted;
        interpreter = state.interpreter;
    }

    /** The program, or why there is none. */
    public String binary() throws Binary.Missing {
        // Plugins are not looked up by their ids: from 2026.2 on that is the platform's own affair.
        ClassLoader loader = TestdockSettings.class.getClassLoader();
        Path home = loader instanceof PluginAwareClassLoader own ? own.getPluginDescriptor().getPluginPath() : null;
        return Binary.find(
                serverPath, home, System.getenv("PATH"), System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    /** The section {@code testdock} of the server's settings. */
    public JsonObject forServer() {
        JsonObject section = new JsonObject();
        if (!interpreter.isBlank()) {
            section.addProperty("interpreter", interpreter);
        }
        return section;
    }
}
