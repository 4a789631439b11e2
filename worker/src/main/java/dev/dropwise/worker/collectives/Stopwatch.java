package dev.dropwise.worker.collectives;

import dev.dropwise.worker.trace.Span;
import dev.dropwise.worker.trace.Timeline;
import java.util.Arrays;

/**
 * Splits the time of collectives into waiting and exchanging: waiting is when there is nothing to send and nothing to take because some peer
 * that is needed has not been heard, which is still computing; the rest is exchange. A round's waiting is for the peer that was heard last:
 * had the others come later, up to that moment, nothing would have changed. Updates that are done inside of a round are the rank's own
 * work and count as neither. What is exchanged in advance, between {@link #enter} and {@link #leave}, is never waiting.
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
    private long idleSinceNs;
    private long waitedNs;
    private long allHeardNs;
    private long enteredNs;
    private long updateBeforeNs;
    private long rounds;
    private long exchangeNs;
    private long waitNs;

    Stopwatch(int rank, int worldSize) {
        this.rank = rank;
        this.heard = new boolean[worldSize];
        this.heardNs = new long[worldSize];
        this.waitedForNs = new long[worldSize];
        Arrays.fill(heard, true);
    }

    /** Notes rounds in {@code other} from now on. */
    void noteIn(Timeline other) {
        timeline = other;
    }

    /** Starts some work in advance on a round that has spent {@code updateNs} on updates so far. */
    void enter(long updateNs) {
        updateBeforeNs = updateNs;
        enteredNs = System.nanoTime();
    }

    /**
     * Ends what {@link #enter} started.
     *
     * @param moved whether anything was sent or taken; otherwise there is nothing to note
     */
    void leave(long step, long updateNs, boolean moved) {
        long endNs = System.nanoTime();
        long updatedNs = updateNs - updateBeforeNs;
        exchangeNs += endNs - enteredNs - updatedNs;
        if (moved) {
            note(enteredNs, endNs, updatedNs, step);
        }
    }

    /** Starts what there is to do at the end of a round, which for most is all; returns the time. */
    long start(Collective collective) {
        startNs = System.nanoTime();
        updateBeforeNs = collective.updateNs();
        idleSinceNs = 0;
        waitedNs = 0;
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

    /** Nothing could be sent, and nothing has come. */
    void onIdle() {
        if (idleSinceNs == 0) {
            idleSinceNs = System.nanoTime();
        }
    }

    void onSent() {
        if (idleSinceNs != 0) {
            endIdling(System.nanoTime());
        }
    }

    private void endIdling(long nowNs) {
        if (idleSinceNs != 0) {
            waitedNs += unheard > 0 ? nowNs - idleSinceNs : 0;
            idleSinceNs = 0;
        }
    }

    /**
     * Notes a frame of {@code peer}.
     *
     * @param endsWaiting whether the peer has nothing left to do before it exchanges
     */
    void onFrame(int peer, boolean endsWaiting) {
        long nowNs = System.nanoTime();
        endIdling(nowNs);
        heardNs[peer] = nowNs;
        if (endsWaiting && !heard[peer]) {
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
     * @param updateNs spent on updates in the whole round
     */
    void stop(long step, long updateNs) {
        long endNs = System.nanoTime();
        long updatedNs = updateNs - updateBeforeNs;
        waitNs += waitedNs;
        waitedForNs[lastHeard] += waitedNs;
        exchangeNs += endNs - startNs - waitedNs - updatedNs;
        rounds++;
        if (waitedNs > 0) {
            timeline.add(Span.WAIT, allHeardNs - waitedNs, allHeardNs, step, lastHeard);
        }
        note(startNs, endNs, updatedNs, step);
    }

    private void note(long fromNs, long endNs, long updatedNs, long step) {
        if (updatedNs > 0) {
            // Like waiting, done piece by piece and noted as one: hundreds of spans a step would push all others out of
            // a recording.
            timeline.add(Span.UPDATE, endNs - updatedNs, endNs, step, Timeline.NO_DETAIL);
        }
        timeline.add(Span.EXCHANGE, fromNs, endNs, step, Timeline.NO_DETAIL);
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
