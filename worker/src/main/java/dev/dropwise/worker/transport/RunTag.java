package dev.dropwise.worker.transport;

import dev.dropwise.common.random.StreamKey;

/**
 * What tells the frames and streams of one attempt from those of any other one.
 *
 * @param run a 64-bit hash of the run's name and of a random text drawn for this attempt by rank 0
 * @param attempt from 1, as people count it
 */
public record RunTag(long run, int attempt) {
    /** The tag of an attempt whose rank 0 drew {@code nonce}. */
    public static RunTag of(String runId, int attempt, String nonce) {
        return new RunTag(absorb(absorb(0, runId), nonce), attempt);
    }

    /** The Aeron session of the stream between two ranks: both ends know it, a sender of another attempt does not. */
    int sessionId(int from, int to, Lane lane) {
        long key = StreamKey.absorb(StreamKey.absorb(run, attempt), lane.index());
        return (int) StreamKey.absorb(StreamKey.absorb(key, from), to);
    }

    private static long absorb(long key, String text) {
        long absorbed = StreamKey.absorb(key, text.length());
        for (int i = 0; i < text.length(); i++) {
            absorbed = StreamKey.absorb(absorbed, text.charAt(i));
        }
        return absorbed;
    }
}
