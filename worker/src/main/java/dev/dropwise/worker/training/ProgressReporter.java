package dev.dropwise.worker.training;

import dev.dropwise.common.checkpoint.Position;
import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.data.ShardBlock;
import dev.dropwise.common.dropout.MaskAudit;
import dev.dropwise.common.dropout.MaskRecord;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.progress.WorkerFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Tells the driver how training goes; every rank calls it, rank 0 alone sends. For the training thread. */
final class ProgressReporter implements StepListener {
    private static final long INTERVAL_NS = 500_000_000;

    private final TrainingOrder order;
    private final RankContext context;
    private final RankWorkspace world;
    private final Collectives collectives;
    private final List<WorkerFacts> workers = new ArrayList<>();
    private long lastNs = System.nanoTime();
    private long epochStartNs = System.nanoTime();
    private int runningEpoch = -1;
    private long samplesInEpoch;
    private double lossSumBefore;
    private long localSamples;
    private long localSamplesBefore;

    ProgressReporter(TrainingOrder order, RankContext context, RankWorkspace world) {
        this.order = order;
        this.context = context;
        this.world = world;
        this.collectives = context.collectives();
    }

    /**
     * @param restored what the checkpoint that training starts from says of its epoch
     */
    void met(ShardBlock owned, Position start, Optional<EpochReport> restored) {
        Codec codec = new Codec(List.of(WorkerFacts.class));
        WorkerFacts facts = new WorkerFacts(
                context.rank(),
                context.host(),
                ProcessHandle.current().pid(),
                IntStream.range(owned.first(), owned.end()).boxed().toList(),
                world.shards().stream()
                        .mapToLong(shard -> shard.training().count())
                        .sum());
        collectives
                .allGather(codec.encode(facts), start.step())
                .forEach(bytes -> workers.add(codec.decode(bytes, WorkerFacts.class)));
        send(new RunEvent.Met(
                order.attempt(),
                List.copyOf(workers),
                context.kernelClass(),
                collectives.transportName(),
                world.replica().parameters().length(),
                start.epoch(),
                restored.stream().toList()));
    }

    void audited(List<MaskRecord> records) {
        List<List<String>> digests = workers.stream()
                .map(worker -> worker.shards().stream()
                        .map(shard -> MaskAudit.shardDigest(records, shard))
                        .toList())
                .toList();
        send(new RunEvent.Audited(order.attempt(), digests));
    }

    void epochDone(EpochReport report) {
        send(new RunEvent.EpochDone(order.attempt(), report));
    }

    @Override
    public void stepped(int epoch, int step, long globalStep, double lossSum) {
        long nowNs = System.nanoTime();
        if (epoch != runningEpoch) {
            runningEpoch = epoch;
            // The first step is over already: rates count from here, losses from the epoch's beginning.
            epochStartNs = nowNs;
            samplesInEpoch = 0;
            localSamples = 0;
            localSamplesBefore = 0;
            lossSumBefore = 0;
        } else {
            samplesInEpoch += world.sizes().global(step);
        }
        localSamples += world.shards().stream()
                .mapToLong(shard -> shard.batches().count(step))
                .sum();
        if (context.rank() == 0 && nowNs - lastNs > INTERVAL_NS) {
            lastNs = nowNs;
            send(new RunEvent.Stepped(
                    order.attempt(),
                    epoch + 1,
                    step + 1,
                    world.sizes().steps(),
                    (lossSum - lossSumBefore) / Math.max(1, localSamples - localSamplesBefore),
                    samplesInEpoch / Math.max(1e-9, (nowNs - epochStartNs) / 1e9)));
            lossSumBefore = lossSum;
            localSamplesBefore = localSamples;
        }
    }

    private void send(RunEvent event) {
        if (context.rank() == 0) {
            context.progress().send(event);
        }
    }
}
