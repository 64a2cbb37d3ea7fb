package dev.testdock.jetbrains.logic;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Puts texts, numbered from 1, back into the order in which they were sent. */
public final class InOrder {
    private final TreeMap<Long, String> waiting = new TreeMap<>();
    private long next = 1;

    /** Takes a text; the texts whose turn has come. */
    public synchronized List<String> take(long number, String text) {
        waiting.putIfAbsent(number, text);
        List<String> due = new ArrayList<>();
        for (String it = waiting.remove(next); it != null; it = waiting.remove(next)) {
            due.add(it);
            next++;
        }
        return due;
    }
}
