package dev.testdock.jetbrains.logic;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Places in text: {@code /home/me/shop/tests/test_a.py:7}, and those of test messages, {@code file:///…:7}. */
public final class Links {
    /** A place, and where in the text it stands; the line counts from 1. */
    public record Link(int start, int end, String path, int line) {}

    private static final Pattern PLACE = Pattern.compile(
            "(?<![\\w:/\\\\.])((?:[A-Za-z]:)?[/\\\\][^/\\s:()<>\"'][^\\s:()<>\"']*):(\\d{1,7})");

    private Links() {}

    /** All places in a line. */
    public static List<Link> in(String text) {
        List<Link> links = new ArrayList<>();
        Matcher matcher = PLACE.matcher(text);
        while (matcher.find()) {
            String path = matcher.group(1).replace('\\', '/');
            links.add(new Link(matcher.start(), matcher.end(), path, Integer.parseInt(matcher.group(2))));
        }
        return links;
    }

    /** The place of a {@code locationHint} without its {@code file://}; line 1 where it has none. */
    public static Link hint(String text) {
        int colon = text.lastIndexOf(':');
        boolean hasLine = colon > 2 && text.substring(colon + 1).matches("\\d{1,7}");
        String path = hasLine ? text.substring(0, colon) : text;
        int line = hasLine ? Integer.parseInt(text.substring(colon + 1)) : 1;
        return new Link(0, text.length(), path, Math.max(line, 1));
    }
}
