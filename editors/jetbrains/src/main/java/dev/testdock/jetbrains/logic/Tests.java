package dev.testdock.jetbrains.logic;

import dev.testdock.jetbrains.logic.Protocol.Change;
import dev.testdock.jetbrains.logic.Protocol.Discovered;
import dev.testdock.jetbrains.logic.Protocol.Item;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tests that the server told of, by file, and how they stand.
 *
 * <p>Messages may come in another order than they were sent: of each file the newest list counts, and of each test the
 * newest state.
 */
public final class Tests {
    /** A test or group at a line, from 0; {@code word} is how it stands, empty where it did not run. */
    public record Mark(String id, String label, int line, String word) {}

    /** A file and a line, from 0. */
    public record Place(String path, int line) {}

    private static final List<String> WORST =
            List.of("", "passed", "skipped", "enqueued", "started", "failed", "errored");

    private static final class File {
        long seq = -1;
        final Map<String, Item> items = new LinkedHashMap<>();
    }

    private final Map<String, File> files = new HashMap<>();
    private final Map<String, Change> states = new HashMap<>();

    /** Takes over what was found; the files of which something changed. */
    public synchronized Set<String> discovered(Discovered params) {
        Map<String, List<Item>> told = new LinkedHashMap<>();
        if (params.scopeFile != null) {
            params.scopeFile.forEach(document -> told.put(path(document.uri), new ArrayList<>()));
        }
        boolean isWhole = !told.isEmpty();
        for (Item item : params.tests) {
            if (item.textDocument != null) {
                told.computeIfAbsent(path(item.textDocument.uri), it -> new ArrayList<>()).add(item);
            }
        }
        Set<String> changed = new LinkedHashSet<>();
        told.forEach((path, items) -> {
            File file = files.computeIfAbsent(path, it -> new File());
            if (isWhole && params.seq < file.seq) {
                return;
            }
            if (isWhole) {
                file.seq = params.seq;
                file.items.clear();
            }
            items.forEach(item -> file.items.putIfAbsent(item.id, item));
            changed.add(path);
        });
        return changed;
    }

    /** Takes over how a test stands; the file in which that shows, if it is news. */
    public synchronized Optional<String> changed(Change params) {
        Change known = states.get(params.testId);
        if (known != null && known.seq > params.seq) {
            return Optional.empty();
        }
        states.put(params.testId, params);
        return find(params.testId).map(item -> path(item.textDocument.uri));
    }

    /** What stands in a file, line by line; cases of a test show in the test. */
    public synchronized List<Mark> marks(String path) {
        File file = files.get(path);
        if (file == null) {
            return List.of();
        }
        List<Mark> marks = new ArrayList<>();
        for (Item item : file.items.values()) {
            Item parent = item.parent == null ? null : file.items.get(item.parent);
            boolean isCase = parent != null && parent.kind.equals("test");
            if (item.range != null && !isCase) {
                marks.add(new Mark(item.id, item.label, item.range.start.line, word(file, item.id)));
            }
        }
        marks.sort(Comparator.comparingInt(Mark::line));
        return marks;
    }

    /** Where a test stands. */
    public synchronized Optional<Place> place(String id) {
        return find(id).filter(item -> item.range != null)
                .map(item -> new Place(path(item.textDocument.uri), item.range.start.line));
    }

    /** The id of a whole file. */
    public synchronized Optional<String> fileId(String path) {
        File file = files.get(path);
        return file == null
                ? Optional.empty()
                : file.items.values().stream().filter(it -> it.range == null).map(it -> it.id).findFirst();
    }

    private Optional<Item> find(String id) {
        return files.values().stream().map(file -> file.items.get(id)).filter(it -> it != null).findFirst();
    }

    /** The worst of how a test and all below it stand. */
    private String word(File file, String id) {
        Change state = states.get(id);
        String worst = state == null || state.retracted ? "" : state.errored ? "errored" : state.state.tag;
        for (Item item : file.items.values()) {
            if (id.equals(item.parent)) {
                String word = word(file, item.id);
                worst = WORST.indexOf(word) > WORST.indexOf(worst) ? word : worst;
            }
        }
        return worst;
    }

    /** A file's path as the IDE writes it, with {@code /} on every system. */
    static String path(String uri) {
        try {
            return Path.of(URI.create(uri)).toString().replace('\\', '/');
        } catch (IllegalArgumentException | java.nio.file.FileSystemNotFoundException notAFile) {
            return uri;
        }
    }
}
