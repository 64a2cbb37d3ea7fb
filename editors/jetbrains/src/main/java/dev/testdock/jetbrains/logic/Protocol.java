package dev.testdock.jetbrains.logic;

import java.util.List;

/** What the server and the plugin say to each other, as docs/protocol.md describes it; only what is used here. */
public interface Protocol {
    // Fields are filled by gson: a record would need a newer one than the oldest IDE has.

    class Position { public int line, character; }

    class Range { public Position start = new Position(), end = new Position(); }

    class Document { public String uri; }

    class Item {
        public String id, label, kind, parent;
        public Document textDocument;
        public Range range;
    }

    class Discovered {
        public List<Item> tests = List.of();
        public List<Document> scopeFile;
        public long seq;
    }

    class State { public String tag; }

    class Change {
        public String testId;
        public State state;
        public long seq;
        public boolean errored, retracted;
    }

    class Output { public String runId, text; }

    class End { public String runId, message, how; }

    class Interpreter {
        public String name, source, state, detail;
        public boolean chosen;
    }

    class Interpreters {
        public long seq = -1;
        public List<Interpreter> interpreters = List.of();
    }

    class Container {
        public String id, name, image, state, status, health, ports;
        public List<String> actions = List.of();
    }

    class Group {
        public String label;
        public List<Container> containers = List.of();
    }

    class EngineError { public String message, help; }

    class Engine {
        public String engine, label;
        public EngineError error;
        public List<Group> groups = List.of();
    }

    class Containers {
        public long seq = -1;
        public List<Engine> engines = List.of();
    }

    class Text { public String text; }

    class LogText {
        public String logId, text;
        public long seq;
    }

    class LogEnd { public String logId, message; }

    /** A container, and what is wanted of it. */
    class ContainerWish {
        public final String engine, id;
        public String action, logId;
        public Integer tail;
        public Boolean follow;

        public ContainerWish(String engine, String id) {
            this.engine = engine;
            this.id = id;
        }
    }

    class Watch {
        public final boolean watch;

        public Watch(boolean watch) {
            this.watch = watch;
        }
    }

    class LogName {
        public final String logId;

        public LogName(String logId) {
            this.logId = logId;
        }
    }
}
