package dev.dropwise.worker.trace;

/** What a rank does for a while; spans of a rank nest, and never overlap otherwise. */
public enum Span {
    /** Gets ready and meets the others, until connected. */
    MEET("meet", ""),
    /** Settles the kernel class and builds the network; inside {@link #MEET}. */
    PREPARE("prepare", ""),
    /** Compares clocks with rank 0. */
    CLOCKS("compare clocks", ""),
    /** Reads the rank's shards into memory. */
    READ("read", ""),
    /** Agrees on a start, or recalls the best epoch: restores a checkpoint, broadcasts it. */
    RESTORE("restore", ""),
    /** Forward and backward pass of one shard's mini-batch. */
    COMPUTE("compute", "shard"),
    /** One collective, from entering to leaving it. */
    EXCHANGE("exchange", ""),
    /** Until the last peer was heard; inside {@link #EXCHANGE}. */
    WAIT("wait", "for"),
    /**
     * Updater, parameters and constraints of a step. Where an update is sharded, one span inside {@link #EXCHANGE} that is as
     * long as all pieces of it together and stands for them at the exchange's end, and another for constraints, if any.
     */
    UPDATE("update", ""),
    /** Compares or averages parameters after an epoch. */
    AGREE("agree", ""),
    /** Validation or test on this rank's part, and summing over ranks. */
    EVALUATE("evaluate", ""),
    /** Writes a checkpoint; on rank 0. */
    CHECKPOINT("checkpoint", ""),
    /** Writes the model; on rank 0. */
    MODEL("write model", "");

    private final String text;
    private final String detail;

    Span(String text, String detail) {
        this.text = text;
        this.detail = detail;
    }

    /** The name in a timeline. */
    public String text() {
        return text;
    }

    /** What the number that a span carries means: {@code shard}, {@code for} (a rank), or nothing. */
    public String detail() {
        return detail;
    }
}
