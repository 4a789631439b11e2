package dev.dropwise.worker.collectives;

import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.transport.FrameSecret;

/**
 * How to exchange, the same on all ranks.
 *
 * @param runId names the run; any text
 * @param attempt from 1
 * @param vectorBytes of the longest vector that will often be reduced: decides how much is buffered
 * @param sharedMemory false to use UDP also between ranks that could share memory
 * @param sharedChunks false where nothing will be reduced, so that no memory is reserved for it
 * @param deadlines of every wait
 * @param secret that seals frames, or none
 */
public record ExchangeConfig(
        String runId,
        int attempt,
        long vectorBytes,
        boolean sharedMemory,
        boolean sharedChunks,
        Deadlines deadlines,
        FrameSecret secret) {
    /** Without a secret. */
    public ExchangeConfig(String runId, int attempt, long vectorBytes, boolean sharedMemory, Deadlines deadlines) {
        this(runId, attempt, vectorBytes, sharedMemory, sharedMemory, deadlines, FrameSecret.NONE);
    }

    public ExchangeConfig {
        if (attempt < 1 || vectorBytes < 0) {
            throw new IllegalArgumentException("expected an attempt from 1 and a vector of 0 bytes or more: attempt="
                    + attempt + " vectorBytes=" + vectorBytes);
        }
    }

    /** The same, with frames that {@code other} seals. */
    public ExchangeConfig withSecret(FrameSecret other) {
        return new ExchangeConfig(runId, attempt, vectorBytes, sharedMemory, sharedChunks, deadlines, other);
    }

    /** The same, for collectives that reduce nothing. */
    public ExchangeConfig withoutChunks() {
        return new ExchangeConfig(runId, attempt, vectorBytes, sharedMemory, false, deadlines, secret);
    }

    /** Whether ranks that share memory are to lay chunks there: where frames are sealed, nothing is in memory for others to read or write. */
    boolean laysChunks() {
        return sharedMemory && sharedChunks && secret.isNone();
    }

    /** Of {@link #vectorBytes} what goes through streams: of a chunk that lies in memory only the way there. */
    long streamedBytes() {
        return laysChunks() ? vectorBytes / 2 : vectorBytes;
    }
}
