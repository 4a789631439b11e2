package dev.dropwise.worker.collectives;

import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.FrameLane;
import org.agrona.DirectBuffer;

/** Sends the pieces of the current round: {@code outbox.piece(kind, chunk, offset, bytes).to(peer, buffer, at)}. */
final class Outbox {
    private final FrameLane lane;
    private long round;
    private long step;
    private long sentBytes;
    private int pieceBytes;

    Outbox(FrameLane lane) {
        this.lane = lane;
    }

    /** Moves on to the next round, that of {@code nextStep}. */
    void nextRound(long nextStep) {
        round++;
        step = nextStep;
    }

    long round() {
        return round;
    }

    long step() {
        return step;
    }

    /** Payload bytes sent since the start. */
    long sentBytes() {
        return sentBytes;
    }

    /** Sets what the next frame carries. */
    Outbox piece(FrameKind kind, int chunk, int offset, int bytes) {
        lane.header().round(kind, round, step).piece(chunk, offset, bytes);
        pieceBytes = bytes;
        return this;
    }

    /** Sends it; false when there is no room now. */
    boolean to(int peer, DirectBuffer buffer, int at) {
        if (!lane.send(peer, buffer, at)) {
            return false;
        }
        sentBytes += pieceBytes;
        return true;
    }
}
