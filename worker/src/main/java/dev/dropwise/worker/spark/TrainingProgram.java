package dev.dropwise.worker.spark;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.Augmentation;
import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ExchangeMode;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.PixelScale;
import dev.dropwise.common.config.RateSchedule;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.ScheduleConfig;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.progress.EventCodec;
import dev.dropwise.worker.progress.ProgressSink;
import dev.dropwise.worker.progress.RankOutcome;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.progress.RunResult;
import dev.dropwise.worker.trace.RankTimeline;
import dev.dropwise.worker.trace.Recording;
import dev.dropwise.worker.trace.Timeline;
import dev.dropwise.worker.training.TrainingOrder;
import dev.dropwise.worker.transport.FrameSecret;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.BarrierTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The barrier task of a training job: one rank from rendezvous to outcome. What goes wrong inside is returned, not thrown, so that it arrives whole. */
public final class TrainingProgram implements BarrierJob.RankProgram {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(TrainingProgram.class);

    /** A {@link TrainConfig} and all its parts, for codecs. */
    static final List<Class<?>> CONFIG = List.of(
            TrainConfig.class,
            DataConfig.class,
            PixelScale.class,
            Holdout.class,
            ModelConfig.class,
            Activation.class,
            DropoutSpec.class,
            DropoutSpec.Kind.class,
            Regularisation.class,
            UpdaterConfig.class,
            UpdaterConfig.Kind.class,
            RateSchedule.class,
            RateSchedule.Kind.class,
            ScheduleConfig.class,
            ExchangeMode.class,
            Augmentation.class);

    private final byte[] order;
    private final byte[] hadoop;

    public TrainingProgram(TrainingOrder order, Configuration hadoop) {
        this.order = orderCodec().encode(order);
        this.hadoop = HadoopSettings.encode(hadoop);
    }

    @Override
    public byte[] run(BarrierTaskContext context) {
        TrainingOrder decoded = orderCodec().decode(order, TrainingOrder.class);
        EventCodec codec = new EventCodec();
        ProgressSink progress =
                event -> PluginRegistry.sender().ifPresent(sender -> sender.accept(codec.encode(event)));
        Timeline timeline = decoded.trace() ? Recording.ofRank(context.numPartitions()) : Timeline.off();
        try {
            RankTask task = new RankTask(decoded, HadoopSettings.decode(hadoop), progress, timeline);
            RunResult result = task.run(context);
            return codec.encode(new RankOutcome.Trained(context.partitionId(), result, taken(timeline, context)));
        } catch (Throwable e) {
            // The task boundary: whatever it is, the driver must know which rank gave up and why.
            RunEvent.Failed failed = failed(decoded, context, e);
            log(failed, e);
            progress.send(failed);
            return codec.encode(new RankOutcome.GaveUp(failed.rank(), failed, taken(timeline, context)));
        }
    }

    private static RankTimeline taken(Timeline timeline, BarrierTaskContext context) {
        return timeline.taken(context.partitionId(), TaskHost.name());
    }

    /** What is known needs no stack trace: in local[N] this log is what the person reads. */
    private static void log(RunEvent.Failed failed, Throwable e) {
        if (e instanceof DropwiseException && failed.exitCode() != ExitCode.BUG) {
            LOG.warn("rank={} attempt={} gave up: {}", failed.rank(), failed.attempt(), failed.message());
        } else {
            LOG.error("rank={} attempt={} gave up: {}", failed.rank(), failed.attempt(), failed.message(), e);
        }
    }

    private static RunEvent.Failed failed(TrainingOrder order, BarrierTaskContext context, Throwable e) {
        DropwiseException known = e instanceof DropwiseException dropwise
                ? dropwise
                : new DropwiseException(
                        DropwiseException.Category.FATAL,
                        ExitCode.BUG,
                        "rank " + context.partitionId() + " (" + TaskHost.name() + "): " + e
                                + "; this is a defect of Dropwise or a failing JVM: the executor's log has the stack trace",
                        e);
        return new RunEvent.Failed(
                order.attempt(),
                context.partitionId(),
                TaskHost.name(),
                known.category(),
                known.exitCode(),
                String.valueOf(known.getMessage()));
    }

    private static Codec orderCodec() {
        List<Class<?>> classes = new ArrayList<>(CONFIG);
        classes.add(TrainingOrder.class);
        classes.add(FrameSecret.class);
        return new Codec(classes);
    }
}
