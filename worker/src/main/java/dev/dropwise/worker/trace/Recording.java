package dev.dropwise.worker.trace;

import java.util.ArrayList;
import java.util.List;

/**
 * Notes spans in arrays that are made once: the first half of them keeps the first spans, the second half the last ones, and what lies
 * between is counted. Noting a span allocates nothing.
 */
public final class Recording implements Timeline {
    /** Spans that a rank keeps at most. */
    public static final int MOST_SPANS = 1 << 16;

    private static final int MOST_SPANS_OF_ALL_RANKS = 1 << 19;
    private static final int LEAST_SPANS = 1 << 10;

    private final int half;
    private final Span[] spans;
    private final long[] startsNs;
    private final long[] endsNs;
    private final long[] steps;
    private final int[] details;
    private final List<ClockReading> clock = new ArrayList<>();
    private final long wallOffsetNs;
    private long count;

    /**
     * A recording of at most {@code capacity} spans, rounded down to an even number.
     *
     * @param wallOffsetNs of the wall clock, in nanoseconds since 1970, from {@link System#nanoTime}
     */
    Recording(int capacity, long wallOffsetNs) {
        this.half = capacity / 2;
        this.spans = new Span[2 * half];
        this.startsNs = new long[2 * half];
        this.endsNs = new long[2 * half];
        this.steps = new long[2 * half];
        this.details = new int[2 * half];
        this.wallOffsetNs = wallOffsetNs;
    }

    /**
     * A recording for one of {@code worldSize} ranks: 65,536 spans and 2.1 MB for each of up to 8 ranks, and fewer for each of more, so
     * that the timeline of all ranks stays below about 60 MB of JSON.
     */
    public static Recording ofRank(int worldSize) {
        int capacity = Math.max(LEAST_SPANS, Math.min(MOST_SPANS, MOST_SPANS_OF_ALL_RANKS / worldSize));
        return new Recording(capacity, System.currentTimeMillis() * 1_000_000 - System.nanoTime());
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    @Override
    public void add(Span span, long startNs, long endNs, long step, int detail) {
        int at = place(count);
        spans[at] = span;
        startsNs[at] = startNs;
        endsNs[at] = endNs;
        steps[at] = step;
        details[at] = detail;
        count++;
    }

    private int place(long number) {
        return (int) (number < half ? number : half + (number - half) % half);
    }

    @Override
    public void compared(ClockReading reading) {
        clock.add(reading);
    }

    @Override
    public RankTimeline taken(int rank, String host) {
        int kept = (int) Math.min(count, 2L * half);
        long dropped = count - kept;
        SpanBytes bytes = new SpanBytes(kept);
        for (int i = 0; i < kept; i++) {
            int at = place(i < half ? i : i + dropped);
            bytes.put(spans[at], startsNs[at], endsNs[at], steps[at], details[at]);
        }
        return new RankTimeline(
                new RankTimeline.Source(rank, host, ProcessHandle.current().pid(), wallOffsetNs),
                List.copyOf(clock),
                Math.min(count, half),
                dropped,
                bytes.toBytes());
    }
}
