package dev.testdock.jetbrains.server;

import dev.testdock.jetbrains.logic.Protocol.ContainerWish;
import dev.testdock.jetbrains.logic.Protocol.Containers;
import dev.testdock.jetbrains.logic.Protocol.Interpreters;
import dev.testdock.jetbrains.logic.Protocol.Text;
import dev.testdock.jetbrains.logic.Protocol.Watch;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.jsonrpc.services.JsonNotification;
import org.eclipse.lsp4j.jsonrpc.services.JsonRequest;
import org.eclipse.lsp4j.services.LanguageServer;

/** What can be asked of the server beside the protocol itself. */
public interface TestdockServer extends LanguageServer {
    @JsonRequest("testdock/interpreters")
    CompletableFuture<Interpreters> interpreters();

    @JsonRequest("testdock/containers")
    CompletableFuture<Containers> containers();

    @JsonNotification("testdock/watchContainers")
    void watchContainers(Watch params);

    @JsonRequest("testdock/containerAction")
    CompletableFuture<Object> containerAction(ContainerWish params);

    @JsonRequest("testdock/inspectContainer")
    CompletableFuture<Text> inspectContainer(ContainerWish params);
}
