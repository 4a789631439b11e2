package dev.dropwise.worker.transport;

import java.util.Optional;
import org.agrona.DirectBuffer;

/**
 * Moves frames between this rank and every other one: whole, and in the order in which they were sent within each lane.
 * It neither interprets frames nor waits: whoever gets {@code false} or 0 decides how to pass the time. The data lane
 * belongs to one thread; the control lane may be sent to from any.
 */
public interface Transport extends AutoCloseable {
    /** Takes frames as they arrive. */
    @FunctionalInterface
    interface Receiver {
        /**
         * Takes one frame.
         *
         * @param peer the rank it came from
         * @param buffer holds the frame; valid during the call only
         * @param offset where the frame begins
         * @param lengthBytes of header and payload
         * @return false when the frame must be delivered again later, before any that follows it
         */
        boolean onFrame(int peer, DirectBuffer buffer, int offset, int lengthBytes);
    }

    /**
     * Why a rank cannot be reached any more.
     *
     * @param rank the lost one: the peer, the host of the media driver that leads to it, or this rank itself
     * @param cause the rest of a sentence that begins with the rank
     */
    record Loss(int rank, String cause) {}

    /** This rank. */
    int rank();

    /** How many ranks there are, this one included. */
    int worldSize();

    /** What carries the frames, for metrics: {@code aeron:ipc}, {@code aeron:udp}, or both. */
    String name();

    /** The longest payload of one frame to {@code peer}, a multiple of 4. */
    int maxPayloadBytes(int peer);

    /**
     * Sends one frame.
     *
     * @param header says how many bytes of {@code payload} follow it
     * @param payload is copied before the call returns
     * @return false when there is no room now, or no way to {@code peer} any more, which {@link #loss} tells
     */
    boolean send(Lane lane, int peer, FrameHeader header, DirectBuffer payload, int offset);

    /**
     * Hands frames that have arrived from {@code peer} to {@code receiver}.
     *
     * @return how many were taken
     */
    int poll(Lane lane, int peer, Receiver receiver);

    /** Whether {@code peer} is lost: nothing more will arrive from it, or nothing can be sent to it. */
    Optional<Loss> loss(int peer);

    /** Ends all streams; frames sent before may still arrive. */
    @Override
    void close();
}
