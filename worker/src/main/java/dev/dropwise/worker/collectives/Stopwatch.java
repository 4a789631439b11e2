package dev.dropwise.worker.collectives;

/**
 * Splits the time of collectives into waiting and exchanging: waiting is from this rank's first frame out until every
 * peer it needs has been heard, because until then somebody is still computing; the rest is exchange.
 */
final class Stopwatch {
    private final int rank;
    private final boolean[] heard;
    private final long[] heardNs;
    private int unheard;
    private long startNs;
    private long firstSentNs;
    private long allHeardNs;
    private long rounds;
    private long exchangeNs;
    private long waitNs;

    Stopwatch(int rank, int worldSize) {
        this.rank = rank;
        this.heard = new boolean[worldSize];
        this.heardNs = new long[worldSize];
    }

    /** Starts a round; returns the time. */
    long start(Collective collective) {
        startNs = System.nanoTime();
        firstSentNs = 0;
        allHeardNs = startNs;
        unheard = 0;
        for (int peer = 0; peer < heard.length; peer++) {
            heard[peer] = peer == rank || !collective.awaits(peer);
            unheard += heard[peer] ? 0 : 1;
            heardNs[peer] = startNs;
        }
        return startNs;
    }

    void onSent() {
        if (firstSentNs == 0) {
            firstSentNs = System.nanoTime();
        }
    }

    void onHeard(int peer) {
        long nowNs = System.nanoTime();
        heardNs[peer] = nowNs;
        if (!heard[peer]) {
            heard[peer] = true;
            unheard--;
            if (unheard == 0) {
                allHeardNs = nowNs;
            }
        }
    }

    /** For how long {@code peer} has been silent in this round. */
    long silentNs(int peer, long nowNs) {
        return nowNs - heardNs[peer];
    }

    void stop() {
        long waitedNs = Math.max(0, allHeardNs - (firstSentNs == 0 ? startNs : firstSentNs));
        waitNs += waitedNs;
        exchangeNs += System.nanoTime() - startNs - waitedNs;
        rounds++;
    }

    long rounds() {
        return rounds;
    }

    long exchangeNs() {
        return exchangeNs;
    }

    long waitNs() {
        return waitNs;
    }
}
