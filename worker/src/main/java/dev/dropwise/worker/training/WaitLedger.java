package dev.dropwise.worker.training;

import dev.dropwise.worker.collectives.Collectives;
import java.util.Arrays;
import java.util.List;

/** For which ranks this rank waited between entering and leaving steps. For one thread; allocates at the end of an epoch only. */
final class WaitLedger {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MICROS_PER_SECOND = 1e6;

    private final Collectives collectives;
    private final long[] beforeNs;
    private final long[] waitedNs;

    WaitLedger(Collectives collectives) {
        this.collectives = collectives;
        this.beforeNs = new long[collectives.roster().worldSize()];
        this.waitedNs = new long[beforeNs.length];
    }

    void clear() {
        Arrays.fill(waitedNs, 0);
    }

    void enter() {
        for (int peer = 0; peer < beforeNs.length; peer++) {
            beforeNs[peer] = collectives.waitedForNs(peer);
        }
    }

    void leave() {
        for (int peer = 0; peer < beforeNs.length; peer++) {
            waitedNs[peer] += collectives.waitedForNs(peer) - beforeNs[peer];
        }
    }

    /** Since it was cleared, by rank; rounded to microseconds, since they are written for every pair of ranks. */
    List<Double> seconds() {
        return Arrays.stream(waitedNs)
                .mapToObj(ns -> Math.round(ns / NANOS_PER_SECOND * MICROS_PER_SECOND) / MICROS_PER_SECOND)
                .toList();
    }
}
