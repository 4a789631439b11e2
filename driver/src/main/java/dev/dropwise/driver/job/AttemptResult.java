package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.progress.RunResult;

/** How one barrier job ended. */
sealed interface AttemptResult {
    /** All ranks trained to the end. */
    record Succeeded(RunResult result) implements AttemptResult {}

    /** The attempt is over; {@code cause} says whether another one can help. */
    record Failed(DropwiseException cause) implements AttemptResult {}
}
