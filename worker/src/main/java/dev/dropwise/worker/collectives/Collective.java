package dev.dropwise.worker.collectives;

import dev.dropwise.worker.transport.FrameHeader;
import dev.dropwise.worker.transport.FrameKind;
import org.agrona.DirectBuffer;

/** One thing that all ranks do together, as a duty cycle: begun anew for each round, worked on until it is done. */
interface Collective {
    /** Sends what can be sent now; returns how many frames that were, 0 when there was nothing or no room. */
    int send();

    /**
     * Whether a frame of this round can be taken now; where not, it waits in the stream, and with it all that follow from its
     * sender.
     */
    default boolean isReadyFor(FrameHeader header) {
        return true;
    }

    /** Whether the sender of this frame has nothing left to do before it exchanges. */
    default boolean endsWaiting(FrameHeader header) {
        return true;
    }

    /** Takes a frame of this round that it is ready for. */
    void onFrame(int peer, FrameHeader header, DirectBuffer buffer, int payloadOffset);

    /** Whether frames of {@code kind} belong to this collective. */
    boolean has(FrameKind kind);

    /** Whether this rank has sent and received everything. */
    boolean isDone();

    /** Whether something is still to come from {@code peer}. */
    boolean awaits(int peer);

    /** Whether something is still to go to {@code peer}. */
    boolean owes(int peer);

    /** Nanoseconds of this round that went into the caller's own work, which is neither waiting nor exchange. */
    default long updateNs() {
        return 0;
    }

    /** What this rank is waiting for, for messages. */
    FrameKind phase();

    /** Lets go of the caller's memory. */
    void end();
}
