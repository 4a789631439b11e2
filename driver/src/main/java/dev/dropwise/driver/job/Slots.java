package dev.dropwise.driver.job;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkContext;

/**
 * The task slots of a cluster. A barrier job needs all of its slots at once, and executors take seconds to register, so slots are waited
 * for: until no new one has come for a while, and never beyond a deadline.
 */
final class Slots {
    private static final long LOOK_EVERY_NS = Duration.ofMillis(50).toNanos();

    private final SparkContext context;
    private final Duration quiet;
    private final Duration deadline;
    private final Interruption interruption;

    /**
     * @param quiet without a new slot, once there is one, after which there will be no more
     * @param deadline for the first slot
     * @param interruption ends the wait
     */
    Slots(SparkContext context, Duration quiet, Duration deadline, Interruption interruption) {
        this.interruption = interruption;
        this.context = context;
        this.quiet = quiet;
        this.deadline = deadline;
    }

    /** Waits for {@code wanted} slots. Returns how many there are: fewer when the wait is over. */
    int await(int wanted) {
        long startNs = System.nanoTime();
        long changedNs = startNs;
        int slots = count();
        while (slots < wanted && !over(slots, startNs, changedNs)) {
            LockSupport.parkNanos(LOOK_EVERY_NS);
            interruption.check("while waiting for " + wanted + " slots");
            int now = count();
            if (now != slots) {
                slots = now;
                changedNs = System.nanoTime();
            }
        }
        return slots;
    }

    private boolean over(int slots, long startNs, long changedNs) {
        long nowNs = System.nanoTime();
        if (context.isLocal()) {
            return true;
        }
        return slots > 0 ? nowNs - changedNs > quiet.toNanos() : nowNs - startNs > deadline.toNanos();
    }

    /** Tasks that can run at the same time, as Spark's own check for barrier stages counts them. */
    int count() {
        return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
    }
}
