package dev.dropwise.driver.reproduce;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.time.Duration;

/** Ends a training that has had its time; what its last checkpoint holds is finished by another one. */
final class TimeUp extends DropwiseException {
    private static final long serialVersionUID = 1L;

    TimeUp(Duration limit) {
        super(
                Category.FATAL,
                ExitCode.INTERRUPTED,
                "the time of " + limit.toSeconds() + " s is over: the epochs so far are tested as they are",
                null);
    }
}
