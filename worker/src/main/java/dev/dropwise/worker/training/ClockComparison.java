package dev.dropwise.worker.training;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.trace.ClockReading;
import java.util.List;

/**
 * Compares this rank's {@link System#nanoTime} with that of rank 0, so that timelines of several hosts can be laid beside one another. It
 * asks no wall clock: how far hosts' clocks are set apart does not matter.
 *
 * <p>All ranks run a few barriers and note when they enter and leave each. Nobody leaves a barrier before everybody has entered it. So
 * every leaving here is later than rank 0's entering, and every entering here is earlier than rank 0's leaving: bounds from both sides,
 * about one message apart (Cristian 1989 reads a remote clock by the same reasoning). The middle of the tightest pair is the offset.
 */
final class ClockComparison {
    private static final int ROUNDS = 16;
    private static final int ROOT = 0;
    private static final Codec CODEC = new Codec(List.of());

    private ClockComparison() {}

    /** Called by all ranks at once; takes {@value #ROUNDS} barriers and a gathering. */
    static ClockReading withRank0(Collectives collectives, long step) {
        long[] times = new long[2 * ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            times[2 * round] = System.nanoTime();
            collectives.barrier(step);
            times[2 * round + 1] = System.nanoTime();
        }
        byte[] roots = collectives.allGather(CODEC.encode(times), step).get(ROOT);
        return collectives.roster().rank() == ROOT
                ? new ClockReading(times[0], 0, 0)
                : reading(times, CODEC.decode(roots, long[].class));
    }

    /** From moments of entering and leaving in turn, here and on rank 0. */
    static ClockReading reading(long[] own, long[] roots) {
        long least = Long.MIN_VALUE;
        long most = Long.MAX_VALUE;
        for (int round = 0; round < own.length; round += 2) {
            least = Math.max(least, roots[round] - own[round + 1]);
            most = Math.min(most, roots[round + 1] - own[round]);
        }
        return new ClockReading(own[0], least + (most - least) / 2, (most - least + 1) / 2);
    }
}
