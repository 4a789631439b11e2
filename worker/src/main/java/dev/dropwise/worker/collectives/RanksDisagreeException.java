package dev.dropwise.worker.collectives;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.transport.FrameHeader;

/** Ranks call different collectives, or the same one with different lengths: a defect that a retry repeats. */
public final class RanksDisagreeException extends DropwiseException {
    private static final long serialVersionUID = 1L;

    public RanksDisagreeException(String message) {
        super(Category.FATAL, ExitCode.BUG, message, null);
    }

    /** Of the frame with {@code header}, where the next one of {@code chunk} was to begin at byte {@code position}. */
    static RanksDisagreeException of(FrameHeader header, int chunk, int position, int chunkBytes) {
        return new RanksDisagreeException(
                "expected " + header.kind() + " of chunk " + chunk + " from " + position + " of "
                        + chunkBytes + " bytes, found chunk " + header.chunk() + " from " + header.offset() + " with "
                        + header.payloadBytes() + " bytes from rank " + header.rank()
                        + "; do all ranks reduce vectors of one length?");
    }
}
