package dev.dropwise.worker.collectives;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;

/** Ranks call different collectives, or the same one with different lengths: a defect that a retry repeats. */
public final class RanksDisagreeException extends DropwiseException {
    private static final long serialVersionUID = 1L;

    public RanksDisagreeException(String message) {
        super(Category.FATAL, ExitCode.BUG, message, null);
    }
}
