package dev.dropwise.driver.job;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkContext;

/** The task slots of a cluster. A barrier job needs all of its slots at once, and executors take seconds to register, so slots are waited for. */
public final class Slots {
    /** For how long nothing but the first slot is waited for. */
    public static final Duration FIRST_SLOT = Duration.ofSeconds(60);

    private static final long LOOK_EVERY_NS = Duration.ofMillis(50).toNanos();

    private final SparkContext context;
    private final Interruption interruption;
    private final SlotPatience patience = new SlotPatience(FIRST_SLOT);

    /**
     * @param interruption ends the wait
     */
    public Slots(SparkContext context, Interruption interruption) {
        this.context = context;
        this.interruption = interruption;
    }

    /** Waits for {@code wanted} slots. Returns how many there are: fewer when no more are to be expected. */
    public int await(int wanted) {
        int slots = count();
        patience.begin(slots, System.nanoTime());
        while (slots < wanted && !context.isLocal() && !patience.isOver(System.nanoTime())) {
            LockSupport.parkNanos(LOOK_EVERY_NS);
            interruption.check("while waiting for " + wanted + " slots");
            slots = count();
            patience.look(slots, System.nanoTime());
        }
        return slots;
    }

    /** Tasks that can run at the same time, as Spark's own check for barrier stages counts them. */
    int count() {
        return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
    }
}
