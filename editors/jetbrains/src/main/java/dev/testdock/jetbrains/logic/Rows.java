package dev.testdock.jetbrains.logic;

import dev.testdock.jetbrains.logic.Protocol.Container;
import dev.testdock.jetbrains.logic.Protocol.Containers;
import dev.testdock.jetbrains.logic.Protocol.Engine;
import dev.testdock.jetbrains.logic.Protocol.Group;
import dev.testdock.jetbrains.logic.Protocol.Interpreter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What panels show, as lines. */
public final class Rows {
    /** A line; {@code container} is null for that of an engine. */
    public record Row(String engine, String group, Container container, String text) {
        public boolean can(String action) {
            return container != null && container.actions.contains(action);
        }

        /** What the program is told to follow the container's log. */
        public List<String> logArguments() {
            return List.of("logs", "--follow", "--tail", "1000", "--engine", engine, container.id);
        }
    }

    private Rows() {}

    /** The lines of a container panel: an engine that does not answer is a line of its own. */
    public static List<Row> of(Containers snapshot) {
        List<Row> rows = new ArrayList<>();
        for (Engine engine : snapshot.engines) {
            if (engine.detail != null) {
                rows.add(new Row(engine.engine, "", null, engine.detail));
            }
            for (Group group : engine.groups) {
                for (Container it : group.containers) {
                    rows.add(new Row(engine.engine, group.label, it, it.detail));
                }
            }
        }
        return rows;
    }

    /** The interpreters in use, for a status bar. */
    public static String chosen(List<Interpreter> interpreters) {
        String names = interpreters.stream()
                .filter(it -> it.chosen)
                .map(it -> it.name + " (" + it.state + ")")
                .distinct()
                .collect(Collectors.joining(", "));
        return "Testdock: " + (names.isEmpty() ? "no interpreter" : names);
    }
}
