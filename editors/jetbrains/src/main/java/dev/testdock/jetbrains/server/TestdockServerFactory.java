package dev.testdock.jetbrains.server;

import com.intellij.execution.ExecutionException;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.vfs.VirtualFile;
import com.redhat.devtools.lsp4ij.LanguageServerFactory;
import com.redhat.devtools.lsp4ij.client.LanguageClientImpl;
import com.redhat.devtools.lsp4ij.client.features.LSPClientFeatures;
import com.redhat.devtools.lsp4ij.server.CannotStartProcessException;
import com.redhat.devtools.lsp4ij.server.OSProcessStreamConnectionProvider;
import com.redhat.devtools.lsp4ij.server.StreamConnectionProvider;
import dev.testdock.jetbrains.TestdockService;
import dev.testdock.jetbrains.TestdockSettings;
import java.util.List;
import java.util.Map;
import org.eclipse.lsp4j.services.LanguageServer;

/** Starts the server, and keeps it: the status bar and the container panel need it without an open file. */
public final class TestdockServerFactory implements LanguageServerFactory {
    /** The id in plugin.xml. */
    public static final String ID = "testdock";

    @Override
    public StreamConnectionProvider createConnectionProvider(Project project) {
        return new Connection(project);
    }

    @Override
    public LanguageClientImpl createLanguageClient(Project project) {
        return new TestdockClient(project);
    }

    @Override
    public Class<? extends LanguageServer> getServerInterface() {
        return TestdockServer.class;
    }

    @Override
    public LSPClientFeatures createClientFeatures() {
        return new LSPClientFeatures() {
            @Override
            public boolean keepServerAlive() {
                return true;
            }
        };
    }

    private static final class Connection extends OSProcessStreamConnectionProvider {
        private final Project project;

        Connection(Project project) {
            this.project = project;
        }

        /** The program is looked for each time: it may have been installed since. */
        @Override
        public void start() throws CannotStartProcessException {
            try {
                setCommandLine(TestdockService.of(project).commandLine(List.of("lsp")));
            } catch (ExecutionException missing) {
                throw new CannotStartProcessException(missing.getMessage());
            }
            super.start();
        }

        @Override
        public Object getInitializationOptions(VirtualFile rootUri) {
            return Map.of("trusted", TestdockSettings.of(project).trusted);
        }

        @Override
        public Object getExperimentalFeaturesPOJO() {
            return Map.of("testdockMarks", true, "testdockInterpreters", true, "testdockContainers", true);
        }
    }
}
