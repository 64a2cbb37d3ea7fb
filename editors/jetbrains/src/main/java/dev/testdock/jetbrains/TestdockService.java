package dev.testdock.jetbrains;

import com.intellij.execution.ExecutionException;
import com.intellij.execution.configurations.GeneralCommandLine;
import com.intellij.notification.NotificationGroupManager;
import com.intellij.notification.NotificationType;
import com.intellij.openapi.application.ApplicationManager;
import com.intellij.openapi.project.Project;
import com.redhat.devtools.lsp4ij.LanguageServerManager;
import com.redhat.devtools.lsp4ij.client.LanguageClientImpl;
import dev.testdock.jetbrains.logic.Binary;
import dev.testdock.jetbrains.logic.Marks;
import dev.testdock.jetbrains.logic.Newest;
import dev.testdock.jetbrains.logic.Protocol.Containers;
import dev.testdock.jetbrains.logic.Protocol.FileMarks;
import dev.testdock.jetbrains.logic.Protocol.Interpreters;
import dev.testdock.jetbrains.logic.Protocol.Watch;
import dev.testdock.jetbrains.server.TestdockServer;
import dev.testdock.jetbrains.server.TestdockServerFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** What is known of a project's tests and engines, and the way to its server. */
public final class TestdockService {
    /** A state that the server tells whole; of two the newer one counts, whichever came last. */
    public final class Snapshot<T> {
        private final List<Consumer<T>> listeners = new CopyOnWriteArrayList<>();
        private final Newest<T> newest;

        Snapshot(T first) {
            newest = new Newest<>(first);
        }

        public T get() {
            return newest.get();
        }

        public void take(T newer, long number) {
            if (newest.take(newer, number)) {
                onScreen(() -> listeners.forEach(it -> it.accept(newer)));
            }
        }

        void forget() {
            newest.forget();
            take(get(), -1);
        }

        /** Shows each new state, on the thread of the screen. */
        public void listen(Consumer<T> listener) {
            listeners.add(listener);
        }
    }

    public final Marks marks = new Marks();
    public final Snapshot<String> changedFile = new Snapshot<>("");
    public final Snapshot<Interpreters> interpreters = new Snapshot<>(new Interpreters());
    public final Snapshot<Containers> containers = new Snapshot<>(new Containers());
    private final Project project;
    private volatile LanguageClientImpl client;
    private volatile boolean watches;

    public TestdockService(Project project) {
        this.project = project;
    }

    public static TestdockService of(Project project) {
        return project.getService(TestdockService.class);
    }

    /** A server is started: what another one said is no longer true, and its numbers begin anew. */
    public void speaksThrough(LanguageClientImpl newer) {
        client = newer;
        interpreters.forget();
        containers.forget();
        marks.forget().forEach(file -> changedFile.take(file, 0));
    }

    /** A server has started, which knows nothing of what another one was told. */
    public void started() {
        if (watches) {
            watch(true);
        }
    }

    /** Whether changes of containers are to be told. */
    public void watch(boolean wanted) {
        watches = wanted;
        tell(server -> server.watchContainers(new Watch(wanted)));
    }

    /** The server asks for its settings again. */
    public void settingsChanged() {
        if (client != null) {
            client.triggerChangeConfiguration();
        }
    }

    /** Another program, or another trust, needs a new server. */
    public void restart() {
        LanguageServerManager.getInstance(project).start(TestdockServerFactory.ID);
    }

    public void marked(FileMarks params) {
        marks.take(params).ifPresent(file -> changedFile.take(file, 0));
    }

    /** The program with these arguments, in the project; it speaks UTF-8 whatever the system's charset is. */
    public GeneralCommandLine commandLine(List<String> arguments) throws ExecutionException {
        try {
            List<String> words = new ArrayList<>(List.of(TestdockSettings.of(project).binary()));
            words.addAll(arguments);
            return new GeneralCommandLine(words)
                    .withWorkDirectory(project.getBasePath())
                    .withCharset(StandardCharsets.UTF_8);
        } catch (Binary.Missing missing) {
            throw new ExecutionException(missing.getMessage());
        }
    }

    /** Asks the server, which is started where it does not run; what it answers is handled on the thread of the screen. */
    public <T> void ask(Function<TestdockServer, CompletableFuture<T>> question, Consumer<T> answer) {
        LanguageServerManager.getInstance(project)
                .getLanguageServer(TestdockServerFactory.ID)
                .thenCompose(item -> item == null
                        ? CompletableFuture.failedFuture(new IllegalStateException("the server does not run"))
                        : item.getInitializedServer())
                .thenCompose(server -> question.apply((TestdockServer) server))
                .whenComplete((result, error) -> onScreen(() -> {
                    if (error == null) {
                        answer.accept(result);
                    } else {
                        Throwable cause = error.getCause() == null ? error : error.getCause();
                        say(cause.getMessage(), NotificationType.ERROR);
                    }
                }));
    }

    public void tell(Consumer<TestdockServer> message) {
        ask(server -> {
            message.accept(server);
            return CompletableFuture.<Void>completedFuture(null);
        }, nothing -> {});
    }

    public void say(String text, NotificationType type) {
        NotificationGroupManager.getInstance().getNotificationGroup("Testdock")
                .createNotification("Testdock", text, type)
                .notify(project);
    }

    private void onScreen(Runnable action) {
        ApplicationManager.getApplication().invokeLater(action, project.getDisposed());
    }
}
