package dev.dropwise.worker.training;

import dev.dropwise.common.augment.ImageAugmenter;
import dev.dropwise.common.batch.MiniBatch;
import dev.dropwise.common.batch.MiniBatchBuffers;
import dev.dropwise.common.checkpoint.Position;
import dev.dropwise.common.config.ExchangeMode;
import dev.dropwise.common.data.MiniBatches;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.layer.BackwardListener;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.trace.Span;
import dev.dropwise.worker.trace.Timeline;
import java.util.List;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One pass over all shards: per step a forward and backward pass for each of this rank's shards, the sum in tree order, the exchange and
 * the update, in one where the update can be sharded, and then as far as possible during the backward pass. For one thread.
 */
final class EpochPass {
    /**
     * What a pass did.
     *
     * @param step completed since the run began
     * @param lossSums training loss of each local shard, summed over its examples
     * @param clock where time went
     * @param waitedFor seconds of waiting for each rank, by rank
     * @param elapsedNs of the whole pass
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed on once, never compared.
    record Result(long step, double[] lossSums, StepClock clock, List<Double> waitedFor, long elapsedNs) {}

    private final List<ShardExamples> shards;
    private final StepSizes sizes;
    private final MiniBatchBuffers buffers;
    private final ImageAugmenter augmenter;
    private final Replica replica;
    private final MaskContext masks;
    private final Collectives collectives;
    private final ExchangeMode exchange;
    private final Agreement agreement;
    private final StepListener listener;
    private final SummationTree tree;
    private final MutableDirectBuffer gradientMemory;
    private final @Nullable ShardedUpdate sharded;
    private final BackwardListener advancing;
    private final WaitLedger waits;
    private final Timeline timeline;

    EpochPass(RankWorkspace world, ExchangeMode exchange, Agreement agreement, StepListener listener) {
        this.shards = world.shards();
        this.sizes = world.sizes();
        this.buffers = world.buffers();
        this.augmenter = world.augmenter();
        this.replica = world.replica();
        this.masks = world.masks();
        this.collectives = world.collectives();
        this.exchange = exchange;
        this.agreement = agreement;
        this.listener = listener;
        this.tree = new SummationTree(replica.gradient());
        this.gradientMemory = Replica.memory(replica.gradient());
        this.waits = new WaitLedger(collectives);
        this.timeline = world.timeline();
        this.sharded = exchange.isGradients()
                ? ShardedUpdate.of(replica, collectives, timeline).orElse(null)
                : null;
        // Where a rank has one shard, its gradient is final layer by layer; with more it is a sum that the last one
        // completes.
        this.advancing = sharded == null || shards.size() > 1 ? BackwardListener.none() : sharded;
    }

    /**
     * Does all steps of the epoch after {@code position}; afterwards this rank holds the whole updater state. The last step is done by
     * every rank for itself, so that what is compared after the epoch is what each of them has computed.
     */
    Result run(Position position) {
        long startNs = System.nanoTime();
        int steps = sizes.steps();
        int[][] orders = orders(position.epoch());
        double[] lossSums = new double[shards.size()];
        StepClock clock = new StepClock(steps);
        waits.clear();
        for (int step = 0; step < steps; step++) {
            if (Thread.currentThread().isInterrupted()) {
                throw DropwiseException.retryable("interrupted before step=" + (position.step() + step), null);
            }
            long globalStep = position.step() + step;
            if (sharded != null && isLast(step)) {
                sharded.gatherState(globalStep);
            }
            step(new StepOf(position.epoch(), step, globalStep), orders, lossSums, clock);
            listener.stepped(position.epoch(), step, globalStep, total(lossSums));
        }
        requireFinite(position.step() + steps - 1);
        return new Result(position.step() + steps, lossSums, clock, waits.seconds(), System.nanoTime() - startNs);
    }

    private boolean isLast(int stepInEpoch) {
        return stepInEpoch == sizes.steps() - 1;
    }

    /** The loss of a step is that of the parameters before it: what the last update did, no loss has seen yet. */
    private void requireFinite(long lastStep) {
        if (!replica.isFinite()) {
            throw diverged(
                    "holds parameters that are not finite after step=" + lastStep,
                    DivergedLayer.inParameters(replica.network()).orElseThrow());
        }
    }

    /** Coordinates of a step: epoch (from 0), step in the epoch, step in the run. */
    private record StepOf(int epoch, int inEpoch, long inRun) {}

    private void step(StepOf at, int[][] orders, double[] lossSums, StepClock clock) {
        long startNs = System.nanoTime();
        long exchangeBefore = collectives.totals().exchangeNs();
        long waitBefore = collectives.totals().waitNs();
        waits.enter();
        int iteration = Math.toIntExact(at.inRun());
        ShardedUpdate onTheWay = isLast(at.inEpoch()) ? null : sharded;
        BackwardListener listener = onTheWay == null ? BackwardListener.none() : advancing;
        if (onTheWay != null) {
            onTheWay.start(sizes.global(at.inEpoch()), iteration, at.epoch(), at.inRun());
        }
        tree.sum(shards.size(), local -> lossSums[local] += lossOf(local, at, orders[local], listener));
        if (onTheWay != null) {
            onTheWay.finish(iteration, at.epoch(), at.inRun());
        } else if (exchange.isGradients()) {
            collectives.allReduce(gradientMemory, (int) replica.gradient().length(), at.inRun());
            update(sizes.global(at.inEpoch()), iteration, at);
        } else {
            update(localSamples(at.inEpoch()), iteration, at);
            if ((at.inRun() + 1) % exchange.localSteps() == 0) {
                agreement.average(at.inRun());
            }
        }
        long exchangeNs = collectives.totals().exchangeNs() - exchangeBefore;
        long waitNs = collectives.totals().waitNs() - waitBefore;
        waits.leave();
        clock.step(System.nanoTime() - startNs - exchangeNs - waitNs, exchangeNs, waitNs);
    }

    private void update(int samples, int iteration, StepOf at) {
        long startNs = timeline.nowNs();
        replica.update(samples, iteration, at.epoch());
        timeline.add(Span.UPDATE, startNs, at.inRun());
    }

    private double lossOf(int local, StepOf at, int[] order, BackwardListener listener) {
        long startNs = timeline.nowNs();
        ShardExamples shard = shards.get(local);
        MiniBatches batches = shard.batches();
        int from = batches.start(at.inEpoch());
        augmenter.moveTo(shard.shard(), at.epoch());
        MiniBatch batch = buffers.gather(shard.training(), order, from, from + batches.count(at.inEpoch()), augmenter);
        masks.moveTo(shard.shard(), at.epoch(), at.inEpoch());
        double lossSum = replica.computeGradient(batch, Math.toIntExact(at.inRun()), at.epoch(), listener);
        timeline.add(Span.COMPUTE, startNs, timeline.nowNs(), at.inRun(), shard.shard());
        if (!Double.isFinite(lossSum)) {
            throw diverged(
                    "computed a loss of " + lossSum + " in step=" + at.inRun() + " shard=" + shard.shard(),
                    DivergedLayer.find(replica.network(), batch.features()));
        }
        return lossSum;
    }

    private DropwiseException diverged(String what, String where) {
        return DropwiseException.configuration(
                "rank " + collectives.roster().rank() + " " + what + " (first not finite: " + where
                        + "): training has diverged; lower --learning-rate or bound weights by --max-norm");
    }

    private int localSamples(int step) {
        int samples = 0;
        for (ShardExamples shard : shards) {
            samples += shard.batches().count(step);
        }
        return samples;
    }

    private int[][] orders(int epoch) {
        return shards.stream().map(shard -> shard.batches().order(epoch)).toArray(int[][]::new);
    }

    private static double total(double[] sums) {
        double total = 0;
        for (double sum : sums) {
            total += sum;
        }
        return total;
    }
}
