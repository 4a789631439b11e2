package dev.dropwise.worker.training;

import dev.dropwise.common.augment.ImageAugmenter;
import dev.dropwise.common.batch.MiniBatchBuffers;
import dev.dropwise.common.batch.NativeFloats;
import dev.dropwise.common.checkpoint.CheckpointStore;
import dev.dropwise.common.checkpoint.Position;
import dev.dropwise.common.checkpoint.TrainingState;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.data.Normalisation;
import dev.dropwise.common.data.ShardBlock;
import dev.dropwise.common.data.ShardPlan;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.evaluation.Tally;
import dev.dropwise.common.model.Model;
import dev.dropwise.common.model.ModelExport;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.progress.EventCodec;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.progress.RunResult;
import dev.dropwise.worker.trace.Span;
import dev.dropwise.worker.trace.Timeline;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * One rank's training from files to model: reads its shards, starts where all ranks agree, trains, recalls the best epoch, tests, and on
 * rank 0 leaves {@code model.zip}. Every rank runs the same steps in the same order; for one thread.
 */
public final class TrainingRun {
    private final TrainingOrder order;
    private final RankContext context;
    private final TrainConfig config;
    private final Collectives collectives;
    private final CheckpointStore checkpoints;
    private final Timeline timeline;

    public TrainingRun(TrainingOrder order, RankContext context) {
        this.order = order;
        this.context = context;
        this.config = order.config();
        this.collectives = context.collectives();
        this.timeline = context.timeline();
        this.checkpoints =
                new CheckpointStore(new Path(order.outDirectory(), "checkpoints"), context.hadoop(), this::warn);
    }

    private void warn(String text) {
        context.progress().send(new RunEvent.Warned(order.attempt(), context.rank(), text));
    }

    /** Trains {@code local} to the end. */
    public RunResult run(LocalModel local) {
        collectives.noteIn(timeline);
        compareClocks(0);
        ImageSource source = local.source();
        ShardPlan plan = ShardPlan.of(
                config.data(),
                source.size(Split.TRAIN),
                source.size(Split.TEST),
                config.schedule().shards(),
                config.seed());
        ShardBlock owned = plan.shardsOf(context.rank(), context.worldSize());
        RankWorkspace world = new RankWorkspace(
                read(source, plan, owned),
                new StepSizes(plan, config.schedule().batchSize(), config.seed()),
                new MiniBatchBuffers(source.shape(), local.model().flatInput(), source.classes()),
                new ImageAugmenter(config.augmentation(), source.shape(), normalisation(source), config.seed()),
                local.replica(),
                local.masks(),
                collectives,
                timeline);
        StateRestorer state = new StateRestorer(
                collectives,
                local.replica(),
                checkpoints,
                new StateRestorer.Expected(config.digest(), config.schedule().epochs(), context.kernelClass()),
                this::warn);
        long restoreNs = timeline.nowNs();
        Position start = state.agree(order.resume());
        timeline.add(Span.RESTORE, restoreNs, start.step());
        ProgressReporter progress = new ProgressReporter(order, context, world);
        progress.met(owned, start, state.report());
        warnOfExport(local.model());
        Scoring scoring = new Scoring(world, config.schedule().trainAccuracy());
        Position end = loop(world, scoring, progress).run(start, report -> {
            state.trained(report);
            progress.epochDone(report);
        });
        return finish(end, state, scoring, new ModelFile(order, local, context.hadoop()));
    }

    /** The driver warns of what command lines ask for; what a model's JSON holds is known here first. */
    private void warnOfExport(Model model) {
        List<String> reasons = ModelExport.reasons(model.configuration());
        if (context.rank() == 0
                && !reasons.isEmpty()
                && !config.model().definition().isEmpty()) {
            warn("model.zip will open with Dropwise only, by evaluate and predict: " + String.join("; ", reasons));
        }
    }

    private Normalisation normalisation(ImageSource source) {
        return Normalisation.of(source.shape(), config.data().pixels());
    }

    private List<ShardExamples> read(ImageSource source, ShardPlan plan, ShardBlock owned) {
        long startNs = timeline.nowNs();
        List<ShardExamples> shards = new ShardReader(source, normalisation(source), plan).read(owned, config);
        timeline.add(Span.READ, startNs, 0);
        return shards;
    }

    private void compareClocks(long step) {
        if (timeline.isOn()) {
            long startNs = timeline.nowNs();
            timeline.compared(ClockComparison.withRank0(collectives, step));
            timeline.add(Span.CLOCKS, startNs, step);
        }
    }

    private TrainingLoop loop(RankWorkspace world, Scoring scoring, ProgressReporter progress) {
        boolean together = config.schedule().exchange().isGradients();
        Agreement agreement = new Agreement(collectives, world.replica(), together, timeline);
        AuditListener audit =
                new AuditListener(world.masks(), collectives, world.sizes().steps(), progress::audited);
        StepListener listener = (epoch, step, globalStep, lossSum) -> {
            audit.stepped(epoch, step, globalStep, lossSum);
            progress.stepped(epoch, step, globalStep, lossSum);
        };
        EpochPass pass = new EpochPass(world, config.schedule().exchange(), agreement, listener);
        return new TrainingLoop(
                config.schedule(),
                pass,
                agreement,
                scoring,
                (position, report) -> save(position, report, world.replica()));
    }

    private void save(Position position, EpochReport report, Replica replica) {
        if (context.rank() == 0) {
            long startNs = timeline.nowNs();
            checkpoints.write(new TrainingState(
                    position,
                    config.digest(),
                    context.kernelClass(),
                    NativeFloats.copyOf(replica.parameters()),
                    replica.updaterState().map(NativeFloats::copyOf).orElseGet(() -> new float[0]),
                    new EventCodec().encode(report)));
            timeline.add(Span.CHECKPOINT, startNs, position.step());
        }
    }

    private RunResult finish(Position end, StateRestorer state, Scoring scoring, ModelFile modelFile) {
        StateRestorer.Kept kept =
                new StateRestorer.Kept(end.epoch(), end.bestEpoch() > 0 ? end.bestAccuracy() : Double.NaN);
        if (end.bestEpoch() > 0 && end.bestEpoch() != end.epoch()) {
            long startNs = timeline.nowNs();
            kept = state.recall(end);
            timeline.add(Span.RESTORE, startNs, end.step());
        }
        Tally test = scoring.test(end.step());
        if (context.rank() == 0) {
            long startNs = timeline.nowNs();
            modelFile.write();
            timeline.add(Span.MODEL, startNs, end.step());
        }
        // Nobody leaves, and no media driver stops, before the model is written.
        collectives.barrier(end.step());
        compareClocks(end.step());
        return new RunResult(test.accuracy(), test.loss(), kept.accuracy(), kept.epoch(), end.epoch());
    }
}
