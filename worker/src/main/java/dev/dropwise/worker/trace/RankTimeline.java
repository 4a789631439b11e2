package dev.dropwise.worker.trace;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a rank did in an attempt, on its way to the driver.
 *
 * @param source whose it is
 * @param clock comparisons with rank 0's clock, in order; none when ranks never met
 * @param first how many spans were kept from the beginning; {@code dropped} ones are missing after them
 * @param dropped spans that found no room
 * @param spans as {@link #forEach} reads them
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content, below.
public record RankTimeline(Source source, List<ClockReading> clock, long first, long dropped, byte[] spans) {
    /** That of a rank that recorded nothing. */
    public static final RankTimeline NONE = new RankTimeline(new Source(-1, "", 0, 0), List.of(), 0, 0, new byte[0]);

    public RankTimeline {
        clock = List.copyOf(clock);
    }

    /**
     * Whose timeline it is.
     *
     * @param rank 0 until world size, or -1 when nothing was recorded
     * @param host as Spark names it
     * @param pid of the executor JVM
     * @param wallOffsetNs of the rank's wall clock, in nanoseconds since 1970, from its {@link System#nanoTime}
     */
    public record Source(int rank, String host, long pid, long wallOffsetNs) {}

    /** Takes spans. */
    public interface Reader {
        /** One span, in the rank's own time; {@code detail} is {@link Timeline#NO_DETAIL} where there is none. */
        void span(Span span, long startNs, long endNs, long step, int detail);
    }

    /** Whether anything was recorded. */
    public boolean isRecorded() {
        return source.rank() >= 0;
    }

    /** How many spans were kept. */
    public int size() {
        return spans.length / SpanBytes.EACH;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RankTimeline that
                && source.equals(that.source)
                && clock.equals(that.clock)
                && first == that.first
                && dropped == that.dropped
                && Arrays.equals(spans, that.spans);
    }

    @Override
    public int hashCode() {
        return Objects.hash(source, clock, first, dropped, Arrays.hashCode(spans));
    }

    /** Hands over the spans that were kept, in the order in which they ended. */
    public void forEach(Reader reader) {
        SpanBytes.forEach(spans, reader);
    }

    /**
     * A time of this rank by the clock of rank 0: by the offset measured nearest to it, and between two measurements by the straight line
     * through both, since clocks of two hosts drift apart by some microseconds a second. Ranks that never met are compared by their wall
     * clocks, which are as far apart as their hosts set them.
     *
     * @param zero the timeline of rank 0
     */
    public long byClockOfRank0(long ownNs, RankTimeline zero) {
        if (clock.isEmpty()) {
            return ownNs + source.wallOffsetNs() - zero.source.wallOffsetNs();
        }
        ClockReading first = clock.get(0);
        ClockReading last = clock.get(clock.size() - 1);
        if (ownNs <= first.atNs() || last.atNs() == first.atNs()) {
            return ownNs + first.offsetNs();
        }
        if (ownNs >= last.atNs()) {
            return ownNs + last.offsetNs();
        }
        double part = (ownNs - first.atNs()) / (double) (last.atNs() - first.atNs());
        return ownNs + first.offsetNs() + Math.round(part * (last.offsetNs() - first.offsetNs()));
    }
}
