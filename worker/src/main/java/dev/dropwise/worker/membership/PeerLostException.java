package dev.dropwise.worker.membership;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;

/** A rank is dead, silent for too long, or gave up; the message names it, its host, and what it was waited for in. */
public final class PeerLostException extends DropwiseException {
    private static final long serialVersionUID = 1L;

    private final int lostRank;

    public PeerLostException(int lostRank, String message) {
        super(Category.RETRYABLE, ExitCode.TRY_LATER, message, null);
        this.lostRank = lostRank;
    }

    /** The rank that is lost; where a peer gave up because of another one, that other one. */
    public int lostRank() {
        return lostRank;
    }
}
