package dev.dropwise.worker.trace;

/**
 * Where a rank notes what it does when. {@link #off} notes nothing and does not even read the clock. For one thread.
 *
 * <pre>{@code
 * long startNs = timeline.nowNs();
 * update();
 * timeline.add(Span.UPDATE, startNs, step);
 * }</pre>
 */
public sealed interface Timeline permits Recording, Silence {
    /** The detail of a span that has none. */
    int NO_DETAIL = -1;

    /** Nothing is recorded, and nothing costs time. */
    static Timeline off() {
        return new Silence();
    }

    /** Whether anything is recorded. */
    boolean isOn();

    /** {@link System#nanoTime}, or 0 when nothing is recorded. */
    long nowNs();

    /** Notes a span that is over, by {@link System#nanoTime}; a span is noted after those that it contains. */
    void add(Span span, long startNs, long endNs, long step, int detail);

    /** Notes a span that ends now. */
    default void add(Span span, long startNs, long step) {
        add(span, startNs, nowNs(), step, NO_DETAIL);
    }

    /** Notes how this rank's clock compares with that of rank 0. */
    void compared(ClockReading reading);

    /** What has been noted so far. */
    RankTimeline taken(int rank, String host);
}
