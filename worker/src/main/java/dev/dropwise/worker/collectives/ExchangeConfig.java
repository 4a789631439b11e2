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
 * @param deadlines of every wait
 * @param secret that seals frames, or none
 */
public record ExchangeConfig(
        String runId, int attempt, long vectorBytes, boolean sharedMemory, Deadlines deadlines, FrameSecret secret) {
    /** Without a secret. */
    public ExchangeConfig(String runId, int attempt, long vectorBytes, boolean sharedMemory, Deadlines deadlines) {
        this(runId, attempt, vectorBytes, sharedMemory, deadlines, FrameSecret.NONE);
    }

    public ExchangeConfig {
        if (attempt < 1 || vectorBytes < 0) {
            throw new IllegalArgumentException("expected an attempt from 1 and a vector of 0 bytes or more: attempt="
                    + attempt + " vectorBytes=" + vectorBytes);
        }
    }

    /** The same, with frames that {@code other} seals. */
    public ExchangeConfig withSecret(FrameSecret other) {
        return new ExchangeConfig(runId, attempt, vectorBytes, sharedMemory, deadlines, other);
    }
}
