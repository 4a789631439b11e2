package dev.dropwise.worker.transport;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Seals the frames of one lane from one rank to another, or opens them on the other side. Every frame of every transport
 * passes through here. For one thread at a time.
 */
sealed interface FrameSeal permits ChecksumSeal, KeyedSeal {
    /** How a frame's header names this kind of seal. */
    int code();

    /**
     * Whether an intact seal proves who sent a frame. Then one whose seal is broken may be anybody's, and counts for nothing;
     * otherwise it is taken for the peer's own, damaged.
     */
    boolean provesSender();

    /**
     * Adds payload and seal to a frame that has its header. Once for each sequence at most.
     *
     * @param frame holds the header at {@code offset}, which says how long the payload is
     */
    void seal(MutableDirectBuffer frame, int offset, DirectBuffer payload, int payloadOffset);

    /** Whether the seal of a frame of at least a header's length is intact; then {@link #opened} has what was sealed. */
    boolean open(DirectBuffer frame, int offset, int lengthBytes);

    /** Holds header and payload of the frame that was opened last, until the next is opened. */
    DirectBuffer opened(DirectBuffer frame);

    /** Where in {@link #opened} the header is of a frame that arrived at {@code offset}. */
    int openedOffset(int offset);

    /** What was expected and found in a frame that {@link #open} refused. */
    String mismatch(DirectBuffer frame, int offset, int lengthBytes);
}
