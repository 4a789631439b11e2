package dev.dropwise.worker.transport;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;

/** Frames of a peer arrive damaged, or not all of them do; the message says which, expected and found. */
public final class BrokenFrameException extends DropwiseException {
    private static final long serialVersionUID = 1L;

    public BrokenFrameException(String message) {
        super(Category.RETRYABLE, ExitCode.TRY_LATER, message, null);
    }
}
