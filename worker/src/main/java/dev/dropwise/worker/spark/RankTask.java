package dev.dropwise.worker.spark;

import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.common.kernel.KernelSettings;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.progress.ProgressSink;
import dev.dropwise.worker.progress.RunResult;
import dev.dropwise.worker.trace.Span;
import dev.dropwise.worker.trace.Timeline;
import dev.dropwise.worker.training.LocalModel;
import dev.dropwise.worker.training.RankContext;
import dev.dropwise.worker.training.TrainingOrder;
import dev.dropwise.worker.training.TrainingRun;
import dev.dropwise.worker.transport.JvmAccess;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.BarrierTaskContext;

/** One rank inside its task: settles the kernel class, builds its network, meets the others, trains. */
final class RankTask {
    private final TrainingOrder order;
    private final Configuration hadoop;
    private final ProgressSink progress;
    private final Timeline timeline;

    RankTask(TrainingOrder order, Configuration hadoop, ProgressSink progress, Timeline timeline) {
        this.order = order;
        this.hadoop = hadoop;
        this.progress = progress;
        this.timeline = timeline;
    }

    RunResult run(BarrierTaskContext task) {
        AtomicReference<LocalModel> local = new AtomicReference<>();
        long meetNs = timeline.nowNs();
        try (Meeting meeting = new Meeting(task, order);
                Collectives collectives = meeting.meet(() -> {
                    // Within the first round, so that all ranks load ND4J at the same time and a failure reaches
                    // everybody.
                    LocalModel loaded = load();
                    local.set(loaded);
                    return loaded.gradientBytes();
                })) {
            timeline.add(Span.MEET, meetNs, 0);
            return train(Objects.requireNonNull(local.get()), collectives);
        }
    }

    private LocalModel load() {
        long startNs = timeline.nowNs();
        // In a JVM that nobody gave the flag, a class of Agrona that loads too early stays broken for good.
        JvmAccess.ensure();
        KernelSettings.settle(KernelClass.parse(order.kernelClass()));
        LocalModel loaded =
                LocalModel.load(order.config(), new MaskContext(order.config().seed()), hadoop);
        timeline.add(Span.PREPARE, startNs, 0);
        return loaded;
    }

    private RunResult train(LocalModel local, Collectives collectives) {
        RankContext context =
                new RankContext(collectives, TaskHost.name(), order.kernelClass(), hadoop, progress, timeline);
        return orAbort(collectives, () -> new TrainingRun(order, context).run(local));
    }

    /** Gets {@code result}; should that throw, the others are told why, and need not find out by waiting. */
    static <T> T orAbort(Collectives collectives, Supplier<T> result) {
        try {
            return result.get();
        } catch (DropwiseException e) {
            collectives.abort(String.valueOf(e.getMessage()));
            throw e;
        } catch (RuntimeException | Error e) {
            // Without its class the message of an error, if it has any, says little: "Java heap space".
            collectives.abort(e.toString());
            throw e;
        }
    }
}
