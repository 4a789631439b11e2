package dev.dropwise.worker.collectives;

import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.FrameLane;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Sends the pieces of the current round: {@code outbox.piece(kind, chunk, offset, bytes).to(peer, buffer, at)}. */
final class Outbox {
    private final FrameLane lane;
    private final DirectBuffer nothing = new UnsafeBuffer(0, 0);
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

    /** Payload bytes sent since the start, and bytes that were told of instead. */
    long sentBytes() {
        return sentBytes;
    }

    /** Sets what the next frame carries. */
    Outbox piece(FrameKind kind, int chunk, int offset, int bytes) {
        lane.header().round(kind, round, step).piece(chunk, offset, bytes);
        pieceBytes = bytes;
        return this;
    }

    /** Tells {@code peer} that this rank's chunk, {@code chunk}, lies in shared memory from {@code from} to {@code end}; false when there is no room now. */
    boolean tellOf(int chunk, int from, int end, int peer) {
        lane.header().round(FrameKind.SHARED, round, step).piece(chunk, end, 0);
        if (!lane.send(peer, nothing, 0)) {
            return false;
        }
        sentBytes += end - from;
        return true;
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
