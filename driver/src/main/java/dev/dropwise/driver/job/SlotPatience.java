package dev.dropwise.driver.job;

import java.time.Duration;

/**
 * How long it pays to wait for more slots. Executors that come at all come about as soon as the first one did, which takes
 * seconds on an idle machine and a minute on a busy one; one that replaces a lost executor takes longer, as somebody has to
 * notice first. Times are {@link System#nanoTime}'s; for one thread.
 */
final class SlotPatience {
    private static final long AT_LEAST_NS = Duration.ofSeconds(5).toNanos();
    private static final long REPLACEMENT_AT_LEAST_NS = Duration.ofSeconds(10).toNanos();
    private static final int REPLACEMENT_FACTOR = 3;

    private final long firstDeadlineNs;
    private long firstTookNs = -1;
    private boolean replacing;
    private int slots;
    private long startNs;
    private long changedNs;

    /**
     * @param firstDeadline for the first slot of all
     */
    SlotPatience(Duration firstDeadline) {
        this.firstDeadlineNs = firstDeadline.toNanos();
    }

    /** Another wait begins; {@code now} slots are there. */
    void begin(int now, long nowNs) {
        replacing = firstTookNs >= 0;
        slots = 0;
        startNs = nowNs;
        changedNs = nowNs;
        look(now, nowNs);
    }

    /** {@code now} slots are there. */
    void look(int now, long nowNs) {
        if (now != slots) {
            slots = now;
            changedNs = nowNs;
        }
        if (now > 0 && firstTookNs < 0) {
            firstTookNs = nowNs - startNs;
        }
    }

    /** Whether no more slots are to be expected. */
    boolean isOver(long nowNs) {
        if (slots == 0) {
            return nowNs - startNs > firstDeadlineNs;
        }
        long quietNs = replacing
                ? Math.max(REPLACEMENT_AT_LEAST_NS, REPLACEMENT_FACTOR * firstTookNs)
                : Math.max(AT_LEAST_NS, firstTookNs);
        return nowNs - changedNs > quietNs;
    }
}
