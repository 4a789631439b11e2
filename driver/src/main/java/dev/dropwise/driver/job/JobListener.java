package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.progress.RunEvent;

/** Watches a job from the driver's main thread: a console, or a test. */
public interface JobListener {
    /** The run that was to be resumed is done: nothing is left to train, and all but its report stays as it is. */
    void alreadyDone();

    /** A rank has reported. */
    void on(RunEvent event);

    /**
     * An attempt has failed.
     *
     * @param again whether another one follows
     */
    void attemptFailed(int attempt, int of, DropwiseException cause, boolean again);
}
