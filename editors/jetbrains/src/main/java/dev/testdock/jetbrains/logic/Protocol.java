package dev.testdock.jetbrains.logic;

import java.util.List;

/** What the server and the plugin say to each other, as docs/protocol.md describes it; only what is used here. */
public interface Protocol {
    // Fields are filled by gson: a record would need a newer one than the oldest IDE has.

    /** A test or group in a file; {@code state} is null where nothing of it ran. */
    class Mark {
        public String id, label, state;
        public int line;
    }

    /** All of a file; {@code id} means all of it. */
    class FileMarks {
        public String uri, id;
        public long seq = -1;
        public List<Mark> marks = List.of();
    }

    class Interpreter {
        public String name, source, state, detail;
        public boolean chosen;
    }

    class Interpreters {
        public long seq = -1;
        public List<Interpreter> interpreters = List.of();
    }

    class Container {
        public String id, name, state, detail;
        public List<String> actions = List.of();
    }

    class Group {
        public String label;
        public List<Container> containers = List.of();
    }

    class Engine {
        public String engine, label, detail;
        public List<Group> groups = List.of();
    }

    class Containers {
        public long seq = -1;
        public List<Engine> engines = List.of();
    }

    class Text { public String text; }

    /** A container, and what is wanted of it. */
    class ContainerWish {
        public final String engine, id;
        public String action;

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
}
