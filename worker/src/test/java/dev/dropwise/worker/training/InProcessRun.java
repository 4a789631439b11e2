package dev.dropwise.worker.training;

import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.dropout.MaskKeying;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.progress.RunResult;
import dev.dropwise.worker.trace.Timeline;
import dev.dropwise.worker.training.RankThreads.Ended;
import dev.dropwise.worker.transport.FrameSecret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.apache.hadoop.conf.Configuration;

/** Whole training runs inside this JVM: every rank is a thread with a network and shards of its own. */
final class InProcessRun {
    static final String KERNEL_CLASS = "test-kernels";

    /** Acts on a rank's network in the middle of its forward pass, at a place that has dropout. */
    interface Intervention {
        void at(int rank, Replica replica, int shard, int epoch, long step);
    }

    private final TrainConfig config;
    private final Path out;
    private final String kernelClass;
    private final MaskKeying keying;
    private final Intervention intervention;
    private FrameSecret secret = FrameSecret.NONE;
    private IntFunction<Timeline> timelines = rank -> Timeline.off();

    private InProcessRun(
            TrainConfig config, Path out, String kernelClass, MaskKeying keying, Intervention intervention) {
        this.config = config;
        this.out = out;
        this.kernelClass = kernelClass;
        this.keying = keying;
        this.intervention = intervention;
    }

    static InProcessRun of(Recipe recipe, Path out) {
        TrainConfig config = recipe.config();
        return new InProcessRun(
                config, out, KERNEL_CLASS, MaskKeying.of(config.seed()), (rank, replica, shard, epoch, step) -> {});
    }

    InProcessRun keyedBy(MaskKeying other) {
        return new InProcessRun(config, out, kernelClass, other, intervention);
    }

    InProcessRun withIntervention(Intervention other) {
        return new InProcessRun(config, out, kernelClass, keying, other);
    }

    /** The run as it would be named on other kernels; the bits stay those of this machine's. */
    InProcessRun onKernels(String other) {
        return new InProcessRun(config, out, other, keying, intervention);
    }

    /** The same run, with frames that {@code other} seals. */
    InProcessRun sealedBy(FrameSecret other) {
        secret = other;
        return this;
    }

    /** The same run, where each rank notes in a timeline of its own what it does. */
    InProcessRun notedIn(IntFunction<Timeline> other) {
        timelines = other;
        return this;
    }

    /** A first attempt that must succeed. */
    Trained train(int workers) {
        return succeed(workers, 1, false);
    }

    /** A second attempt, from the newest checkpoint, that must succeed. */
    Trained resume(int workers) {
        return succeed(workers, 2, true);
    }

    private Trained succeed(int workers, int attempt, boolean resume) {
        List<RunEvent> events = new CopyOnWriteArrayList<>();
        List<RunResult> results = run(workers, attempt, resume, events).stream()
                .map(Ended::orThrow)
                .toList();
        return new Trained(results, List.copyOf(events), bytes("model.zip"));
    }

    /** A first attempt in which every rank must fail. */
    List<Throwable> fail(int workers) {
        return failures(workers, 1, false);
    }

    /** A second attempt in which every rank must fail. */
    List<Throwable> failToResume(int workers) {
        return failures(workers, 2, true);
    }

    private List<Throwable> failures(int workers, int attempt, boolean resume) {
        return run(workers, attempt, resume, new CopyOnWriteArrayList<>()).stream()
                .map(Ended::failure)
                .toList();
    }

    private List<Ended<RunResult>> run(int workers, int attempt, boolean resume, List<RunEvent> events) {
        TrainingOrder order = new TrainingOrder(
                "run", attempt, config, kernelClass, out.toUri().toString(), resume, secret, false);
        return RankThreads.run(workers, secret, collectives -> {
            RankContext context = new RankContext(
                    collectives,
                    "host" + collectives.roster().rank(),
                    kernelClass,
                    new Configuration(),
                    events::add,
                    timelines.apply(collectives.roster().rank()));
            LocalModel local = load(collectives);
            try {
                return new TrainingRun(order, context).run(local);
            } catch (RuntimeException e) {
                // As a rank does in its task.
                collectives.abort(String.valueOf(e.getMessage()));
                throw e;
            }
        });
    }

    private LocalModel load(Collectives collectives) {
        // Masks are made before the network that they are watched for, and drawn after it.
        AtomicReference<LocalModel> made = new AtomicReference<>();
        MaskKeying watched = (shard, site, epoch, step) -> {
            Replica replica = Objects.requireNonNull(made.get()).replica();
            intervention.at(collectives.roster().rank(), replica, shard, epoch, step);
            return keying.key(shard, site, epoch, step);
        };
        LocalModel local =
                LocalModel.load(config, new MaskContext(watched, MaskContext.RECORDED_PASSES), new Configuration());
        made.set(local);
        return local;
    }

    /** A file that the run has left. */
    byte[] bytes(String name) {
        try {
            return Files.readAllBytes(out.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
