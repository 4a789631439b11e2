package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.util.concurrent.atomic.AtomicReference;

/** Whether somebody wants the job to end: set from a signal handler's thread, asked about wherever the driver waits. */
public final class Interruption {
    private final AtomicReference<ExitCode> asked = new AtomicReference<>();
    private final String advice;

    /**
     * @param advice what is kept and how to go on, for the message; no sentence, without a full stop
     */
    public Interruption(String advice) {
        this.advice = advice;
    }

    /** For what is not asked to end by a signal handler of ours. */
    public static Interruption never() {
        return new Interruption("");
    }

    /**
     * Asks the job to end; the first one who asks decides how.
     *
     * @param how {@link ExitCode#INTERRUPTED} or {@link ExitCode#TERMINATED}
     */
    public void ask(ExitCode how) {
        asked.compareAndSet(null, how);
    }

    /**
     * Does nothing unless the job shall end.
     *
     * @param where the job stands, for the message
     * @throws DropwiseException (fatal) with the exit code that was asked for
     */
    void check(String where) {
        ExitCode how = asked.get();
        if (how != null) {
            throw new DropwiseException(
                    DropwiseException.Category.FATAL,
                    how,
                    (how == ExitCode.INTERRUPTED ? "interrupted " : "terminated ") + where + "; " + advice,
                    null);
        }
    }
}
