package dev.testdock.jetbrains.logic;

import dev.testdock.jetbrains.logic.Protocol.FileMarks;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What stands in each file, as the server told last.
 *
 * <p>Messages may come in another order than they were sent: of each file the newest counts.
 */
public final class Marks {
    /** A file and a line, from 0. */
    public record Place(String path, int line) {}

    private final Map<String, FileMarks> files = new HashMap<>();

    /** Takes over what stands in a file; its path, if it is news. */
    public synchronized Optional<String> take(FileMarks told) {
        String path = path(told.uri);
        if (in(path).seq > told.seq) {
            return Optional.empty();
        }
        files.put(path, told);
        return Optional.of(path);
    }

    /** What stands in a file. */
    public synchronized FileMarks in(String path) {
        return files.getOrDefault(path, new FileMarks());
    }

    /** Another server begins, and counts from the beginning; the files of which something was known. */
    public synchronized Set<String> forget() {
        Set<String> known = Set.copyOf(files.keySet());
        files.clear();
        return known;
    }

    /** Where a test stands. */
    public synchronized Optional<Place> place(String id) {
        return files.entrySet().stream()
                .flatMap(file -> file.getValue().marks.stream()
                        .filter(mark -> mark.id.equals(id))
                        .map(mark -> new Place(file.getKey(), mark.line)))
                .findFirst();
    }

    /** A file's path as the IDE writes it, with {@code /} on every system. */
    private static String path(String uri) {
        try {
            return Path.of(URI.create(uri)).toString().replace('\\', '/');
        } catch (IllegalArgumentException | FileSystemNotFoundException notAFile) {
            return uri;
        }
    }
}
