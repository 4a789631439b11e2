package dev.dropwise.worker.collectives;

import dev.dropwise.worker.membership.Deadlines;

/**
 * How to exchange, the same on all ranks.
 *
 * @param runId names the run; any text
 * @param attempt from 1
 * @param vectorBytes of the longest vector that will often be reduced: decides how much is buffered
 * @param sharedMemory false to use UDP also between ranks that could share memory
 * @param deadlines of every wait
 */
public record ExchangeConfig(String runId, int attempt, long vectorBytes, boolean sharedMemory, Deadlines deadlines) {
    public ExchangeConfig {
        if (attempt < 1 || vectorBytes < 0) {
            throw new IllegalArgumentException("expected an attempt from 1 and a vector of 0 bytes or more: attempt="
                    + attempt + " vectorBytes=" + vectorBytes);
        }
    }
}
