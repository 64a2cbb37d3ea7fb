package dev.testdock.jetbrains.logic;

/** A state that the server tells whole and numbers: of two the one with the higher number counts, whichever came last. */
public final class Newest<T> {
    private final T first;
    private T value;
    private long seq = -1;

    public Newest(T first) {
        this.first = first;
        value = first;
    }

    public synchronized T get() {
        return value;
    }

    /** Whether it is news. */
    public synchronized boolean take(T newer, long number) {
        if (number < seq) {
            return false;
        }
        value = newer;
        seq = number;
        return true;
    }

    /** Another server begins, and counts from the beginning. */
    public synchronized void forget() {
        value = first;
        seq = -1;
    }
}
