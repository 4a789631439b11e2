package dev.dropwise.worker.collectives;

import dev.dropwise.worker.trace.Span;
import dev.dropwise.worker.trace.Timeline;

/**
 * Splits the time of collectives into waiting and exchanging: waiting is from this rank's first frame out until every
 * peer it needs has been heard, because until then somebody is still computing; the rest is exchange. A round's waiting is for the peer that was heard last:
 * had the others come later, up to that moment, nothing would have changed. Updates that are done inside of a round are the rank's own
 * work and count as neither.
 */
final class Stopwatch {
    private final int rank;
    private final boolean[] heard;
    private final long[] heardNs;
    private final long[] waitedForNs;
    private Timeline timeline = Timeline.off();
    private int unheard;
    private int lastHeard;
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
        this.waitedForNs = new long[worldSize];
    }

    /** Notes rounds in {@code other} from now on. */
    void noteIn(Timeline other) {
        timeline = other;
    }

    /** Starts a round; returns the time. */
    long start(Collective collective) {
        startNs = System.nanoTime();
        firstSentNs = 0;
        allHeardNs = startNs;
        unheard = 0;
        lastHeard = rank;
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
                lastHeard = peer;
            }
        }
    }

    /** For how long {@code peer} has been silent in this round. */
    long silentNs(int peer, long nowNs) {
        return nowNs - heardNs[peer];
    }

    /**
     * Ends the round, that of {@code step}.
     *
     * @param updateNs spent on updates, all of it after the last peer was heard
     */
    void stop(long step, long updateNs) {
        long endNs = System.nanoTime();
        long waitStartNs = firstSentNs == 0 ? startNs : firstSentNs;
        long waitedNs = Math.max(0, allHeardNs - waitStartNs);
        waitNs += waitedNs;
        waitedForNs[lastHeard] += waitedNs;
        exchangeNs += endNs - startNs - waitedNs - updateNs;
        rounds++;
        if (waitedNs > 0) {
            timeline.add(Span.WAIT, waitStartNs, allHeardNs, step, lastHeard);
        }
        if (updateNs > 0) {
            // Done piece by piece, noted as one: hundreds of spans a step would push all others out of a recording.
            timeline.add(Span.UPDATE, endNs - updateNs, endNs, step, Timeline.NO_DETAIL);
        }
        timeline.add(Span.EXCHANGE, startNs, endNs, step, Timeline.NO_DETAIL);
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

    /** The part of {@link #waitNs} that was for {@code peer}. */
    long waitedForNs(int peer) {
        return waitedForNs[peer];
    }
}
