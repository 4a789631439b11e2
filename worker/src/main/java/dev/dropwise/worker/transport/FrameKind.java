package dev.dropwise.worker.transport;

/** What a frame is for: a phase of a collective, or a message about the exchange itself. */
public enum FrameKind {
    /** A piece of the receiver's chunk, still to be summed. */
    REDUCE_SCATTER(0, "all-reduce"),
    /** A piece of the sender's chunk, summed over all ranks, or the parameters that were made of these sums. */
    ALL_GATHER(1, "all-reduce"),
    /** A piece of the root's bytes. */
    BROADCAST(2, "broadcast"),
    /** A piece of the sender's record. */
    RECORD(3, "all-gather"),
    /** The sender has come to the barrier. */
    ARRIVAL(4, "barrier"),
    /** The sender gave up; the payload says why. */
    ABORT(5, "abort"),
    /** The sender is through with all its collectives and closes. */
    GOODBYE(6, "close"),
    /** A piece of a message with what the sender's values of a range of the receiver's chunk are the product of. */
    FACTORS(7, "all-reduce"),
    /** Up to the frame's offset, the sender's chunk lies in memory that the receiver shares: what {@link #ALL_GATHER} would have carried. */
    SHARED(8, "all-reduce");

    private static final FrameKind[] KINDS = values();

    private final int code;
    private final String collective;

    FrameKind(int code, String collective) {
        this.code = code;
        this.collective = collective;
    }

    /** The collective that this kind is a phase of, as messages name it. */
    public String collective() {
        return collective;
    }

    /** How a frame's header names this kind. */
    int code() {
        return code;
    }

    static boolean isCode(int code) {
        return code >= 0 && code < KINDS.length;
    }

    static FrameKind of(int code) {
        if (!isCode(code)) {
            throw new IllegalArgumentException("frame kind: expected 0 to " + (KINDS.length - 1) + ", found " + code);
        }
        return KINDS[code];
    }
}
