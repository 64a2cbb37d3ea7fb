package dev.testdock.jetbrains.logic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a run configuration asks for, and the command line that it comes to. */
public record RunWish(List<String> tests, boolean fresh, String interpreter, String profile, String more) {
    /** Longer command lines are refused on some systems. */
    private static final int LONGEST = 4000;

    /**
     * What is said after the program's name, {@code more} being taken apart into {@code further}; many tests, and what looks like an option, go into a
     * file, which ends with the process.
     */
    public List<String> arguments(List<String> further) throws IOException {
        List<String> words = new ArrayList<>(List.of("run", "--format", "teamcity"));
        if (fresh) {
            words.add("--fresh");
        }
        add(words, "--interpreter", interpreter);
        add(words, "--profile", profile);
        List<String> selected = tests.stream().map(RunWish::inFolder).toList();
        boolean isMany = selected.stream().mapToInt(String::length).sum() > LONGEST;
        if (isMany || selected.stream().anyMatch(it -> it.startsWith("-"))) {
            Path file = Files.createTempFile("testdock", ".txt");
            file.toFile().deleteOnExit();
            Files.write(file, selected);
            add(words, "--select-file", file.toString());
        } else {
            words.addAll(selected);
        }
        if (!further.isEmpty()) {
            words.add("--");
            words.addAll(further);
        }
        return words;
    }

    private static void add(List<String> words, String option, String value) {
        if (value != null && !value.isBlank()) {
            words.addAll(List.of(option, value.strip()));
        }
    }

    /** The process runs in the folder that an id may name. */
    private static String inFolder(String id) {
        int end = id.indexOf("//");
        return id.startsWith("@") && end > 0 ? id.substring(end + 2) : id;
    }

    /** Ids of tests, one a line. */
    public static List<String> lines(String text) {
        return text == null ? List.of() : text.lines().map(String::strip).filter(it -> !it.isEmpty()).toList();
    }

    /** A name for people. */
    public String title() {
        return switch (tests.size()) {
            case 0 -> "All tests";
            case 1 -> tests.get(0).substring(tests.get(0).lastIndexOf("::") + 1).replaceFirst("^:", "");
            default -> tests.size() + " tests";
        };
    }
}
