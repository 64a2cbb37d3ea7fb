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

    /** What is said after the program's name; many tests go into a file, which ends with the process. */
    public List<String> arguments() throws IOException {
        List<String> words = new ArrayList<>(List.of("run", "--format", "teamcity"));
        if (fresh) {
            words.add("--fresh");
        }
        add(words, "--interpreter", interpreter);
        add(words, "--profile", profile);
        List<String> selected = tests.stream().map(RunWish::inFolder).toList();
        if (selected.stream().mapToInt(String::length).sum() > LONGEST) {
            Path file = Files.createTempFile("testdock", ".txt");
            file.toFile().deleteOnExit();
            Files.write(file, selected);
            add(words, "--select-file", file.toString());
        } else {
            words.addAll(selected);
        }
        List<String> further = split(more);
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

    /** Words as a shell takes them apart: by blanks, but not within quotes. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (char c : (text == null ? "" : text).toCharArray()) {
            if (quote == 0 && Character.isWhitespace(c)) {
                if (word != null) {
                    words.add(word.toString());
                }
                word = null;
                continue;
            }
            word = word == null ? new StringBuilder() : word;
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else {
                word.append(c);
            }
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
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
