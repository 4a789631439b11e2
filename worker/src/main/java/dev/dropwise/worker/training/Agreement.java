package dev.dropwise.worker.training;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.trace.Span;
import dev.dropwise.worker.trace.Timeline;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Brings all ranks to the same parameters and updater state before a validation. Where digests agree the average is the value itself,
 * bit for bit, and nothing moves; where ranks trained apart ({@code parameters:K}) the arrays are averaged.
 *
 * <p>In steps with a {@link ShardedUpdate} every value comes from one rank. So that this compares what each of them computes, and not only
 * what they have received, the step before is not sharded ({@link EpochPass}).
 */
final class Agreement {
    private final Collectives collectives;
    private final Replica replica;
    private final boolean expected;
    private final Timeline timeline;

    /**
     * @param expected whether ranks must agree already, as they do when gradients are exchanged
     */
    Agreement(Collectives collectives, Replica replica, boolean expected, Timeline timeline) {
        this.collectives = collectives;
        this.replica = replica;
        this.expected = expected;
        this.timeline = timeline;
    }

    /**
     * Averages what differs, and checks that all ranks then agree.
     *
     * @return the digest of the parameters, equal on all ranks
     * @throws DropwiseException when ranks differ that must not
     */
    String reach(long step) {
        long startNs = timeline.nowNs();
        if (!expected && !differing(step).isEmpty()) {
            average(step);
        }
        List<Integer> differing = differing(step);
        if (!differing.isEmpty()) {
            throw new DropwiseException(
                    DropwiseException.Category.FATAL,
                    ExitCode.BUG,
                    "averaging step=" + step
                            + ": expected the same parameters and updater state on every rank, found others on ranks "
                            + differing
                            + "; equal gradients must give equal bits: check that all workers have the kernel class of"
                            + " run.json, and report this otherwise",
                    null);
        }
        String digest = replica.parameterDigest();
        timeline.add(Span.AGREE, startNs, step);
        return digest;
    }

    /** Replaces parameters and updater state by their mean over ranks. */
    void average(long step) {
        average(replica.parameters(), step);
        replica.updaterState().ifPresent(state -> average(state, step));
    }

    private void average(INDArray array, long step) {
        collectives.allReduce(Replica.memory(array), Math.toIntExact(array.length()), step);
        array.muli(1.0 / collectives.roster().worldSize());
    }

    /** The ranks that have not what most have; of two halves, the one without rank 0. */
    private List<Integer> differing(long step) {
        String own = replica.parameterDigest() + "/" + replica.updaterDigest();
        List<String> all = collectives.allGather(own.getBytes(StandardCharsets.UTF_8), step).stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
        // The first of the most frequent: max would return the last.
        String usual = all.stream()
                .reduce((a, b) -> Collections.frequency(all, b) > Collections.frequency(all, a) ? b : a)
                .orElse(own);
        return IntStream.range(0, all.size())
                .filter(rank -> !all.get(rank).equals(usual))
                .boxed()
                .toList();
    }
}
