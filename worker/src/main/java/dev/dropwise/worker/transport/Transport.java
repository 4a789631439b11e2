package dev.dropwise.worker.transport;

import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

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

    /** A frame that is about to leave. */
    interface Outgoing {
        /** Bytes of header and payload. */
        int lengthBytes();

        /** What it is for. */
        FrameKind kind();

        /** Writes it whole, sealed; the transport calls this once when it has room, and otherwise not at all. */
        void writeTo(MutableDirectBuffer frame, int offset);
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
     * @param frame is written before the call returns
     * @return false when there is no room now, or no way to {@code peer} any more, which {@link #loss} tells
     */
    boolean send(Lane lane, int peer, Outgoing frame);

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
