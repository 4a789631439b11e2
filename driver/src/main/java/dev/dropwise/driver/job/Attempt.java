package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.job.AttemptResult.Failed;
import dev.dropwise.driver.job.AttemptResult.Succeeded;
import dev.dropwise.worker.progress.EventCodec;
import dev.dropwise.worker.progress.RankOutcome;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.spark.BarrierJob;
import dev.dropwise.worker.spark.PluginRegistry;
import dev.dropwise.worker.spark.TrainingProgram;
import dev.dropwise.worker.trace.RankTimeline;
import dev.dropwise.worker.training.TrainingOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One barrier job from start to end: runs it on a thread of its own and hands events to the caller's thread meanwhile. */
final class Attempt implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    /** All ranks give up within moments of the first; a task that goes on is in a process that is stopped or cut off. */
    private static final Duration OTHERS_GIVE_UP_WITHIN = Duration.ofSeconds(1);

    /** Ranks leave their last barrier together, and close within 3 s even when a media driver is gone. */
    private static final Duration OTHERS_END_WITHIN = Duration.ofSeconds(5);

    private static final Duration CANCELLED_WITHIN = Duration.ofSeconds(2);

    private final JavaSparkContext spark;
    private final TrainingOrder order;
    private final BlockingQueue<RunEvent> events = new LinkedBlockingQueue<>();
    private final List<RunEvent.Failed> failures = new ArrayList<>();
    private final LostTasks losses = new LostTasks();
    private final Interruption interruption;
    private List<RankTimeline> timelines = List.of();
    private String lastSeen = "before the workers met";
    private long firstFailureNs;
    private boolean cancelled;
    private Optional<LostTasks.Loss> straggler = Optional.empty();

    Attempt(JavaSparkContext spark, TrainingOrder order, Interruption interruption) {
        this.interruption = interruption;
        this.spark = spark;
        this.order = order;
    }

    /** Runs on {@code worldSize} ranks; {@code listener} is called on this thread. */
    AttemptResult run(int worldSize, Consumer<RunEvent> listener) {
        EventCodec codec = new EventCodec();
        ExecutorService thread =
                Executors.newSingleThreadExecutor(task -> new Thread(task, "dropwise-attempt-" + order.attempt()));
        spark.sc().addSparkListener(losses);
        PluginRegistry.deliver(spark.sc().applicationId(), bytes -> events.add(codec.decode(bytes)));
        try {
            Future<List<byte[]>> job = thread.submit(
                    () -> BarrierJob.run(spark, worldSize, new TrainingProgram(order, spark.hadoopConfiguration())));
            watch(job, listener);
            return result(job, codec);
        } finally {
            PluginRegistry.stopDelivering(spark.sc().applicationId());
            thread.shutdownNow();
        }
    }

    private void watch(Future<?> job, Consumer<RunEvent> listener) {
        try {
            while (!job.isDone() || !events.isEmpty()) {
                interruption.check(lastSeen);
                RunEvent event = events.poll(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                if (event != null && event.attempt() == order.attempt()) {
                    note(event);
                    listener.accept(event);
                }
                endWhatHangs();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            spark.sc().cancelAllJobs();
            throw DropwiseException.retryable(
                    "the driver was interrupted while attempt " + order.attempt() + " ran", e);
        }
    }

    /** What ranks did when, by rank; none unless that was asked for and every rank came to say how it ended. */
    List<RankTimeline> timelines() {
        return timelines;
    }

    /** Spark itself would wait two minutes for the heartbeat of a process that its peers have long given up. */
    private void endWhatHangs() {
        if (cancelled) {
            return;
        }
        long nowNs = System.nanoTime();
        straggler = losses.straggler(OTHERS_END_WITHIN, nowNs);
        if (straggler.isPresent()) {
            cancel();
        } else if (!failures.isEmpty() && firstFailureNs == 0) {
            firstFailureNs = nowNs;
        } else if (!failures.isEmpty() && nowNs - firstFailureNs > OTHERS_GIVE_UP_WITHIN.toNanos()) {
            cancel();
        }
    }

    private void cancel() {
        cancelled = true;
        spark.sc().cancelAllJobs();
    }

    /** Frees the slots that the attempt took; waits up to 2 s where tasks were cancelled. */
    @Override
    public void close() {
        if (cancelled) {
            replaceStuckExecutors();
        }
        spark.sc().removeSparkListener(losses);
    }

    /** Replaces executors whose tasks do not end even when Spark interrupts them: their slots would stay taken. */
    private void replaceStuckExecutors() {
        long deadlineNs = System.nanoTime() + CANCELLED_WITHIN.toNanos();
        while (!losses.busyExecutors().isEmpty() && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        for (String executor : losses.busyExecutors()) {
            boolean asked = spark.sc().killAndReplaceExecutor(executor);
            LOG.warn("attempt={} event=stuck-executor executor={} replaced={}", order.attempt(), executor, asked);
        }
    }

    private void note(RunEvent event) {
        if (event instanceof RunEvent.Failed failed) {
            failures.add(failed);
        } else if (event instanceof RunEvent.Met met) {
            lastSeen = "after the checkpoint of epoch " + met.startEpoch();
        } else if (event instanceof RunEvent.Stepped stepped) {
            lastSeen = "in epoch " + stepped.epoch() + " near step " + stepped.step();
        } else if (event instanceof RunEvent.EpochDone done) {
            lastSeen = "after epoch " + done.report().epoch();
        }
    }

    private AttemptResult result(Future<List<byte[]>> job, EventCodec codec) {
        try {
            List<RankOutcome> outcomes =
                    job.get().stream().map(codec::decodeOutcome).toList();
            outcomes.forEach(this::noteOutcome);
            timelines = outcomes.stream()
                    .map(RankOutcome::timeline)
                    .filter(RankTimeline::isRecorded)
                    .toList();
            if (failures.isEmpty() && outcomes.get(0) instanceof RankOutcome.Trained trained) {
                return new Succeeded(trained.result());
            }
            return new Failed(root(failures));
        } catch (ExecutionException e) {
            return new Failed(cause(e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DropwiseException.retryable(
                    "the driver was interrupted while attempt " + order.attempt() + " ran", e);
        }
    }

    private void noteOutcome(RankOutcome outcome) {
        if (outcome instanceof RankOutcome.GaveUp gaveUp) {
            failures.add(gaveUp.failure());
        }
    }

    /** A fatal failure is the root of the retryable ones that it causes on other ranks. */
    private static DropwiseException root(List<RunEvent.Failed> failures) {
        RunEvent.Failed root = failures.stream()
                .min(Comparator.comparing(
                        (RunEvent.Failed failed) -> failed.category() != DropwiseException.Category.FATAL))
                .orElseThrow();
        return new DropwiseException(root.category(), root.exitCode(), root.message(), null);
    }

    private DropwiseException cause(Throwable spark) {
        if (straggler.isPresent()) {
            return lost(straggler.get(), spark);
        }
        if (cancelled) {
            return root(failures);
        }
        Optional<LostTasks.Loss> loss = losses.root().filter(LostTasks.Loss::lost);
        if (loss.isPresent()) {
            return lost(loss.get(), spark);
        }
        if (failures.stream().anyMatch(failed -> failed.category() == DropwiseException.Category.FATAL)) {
            return root(failures);
        }
        String message = String.valueOf(spark.getMessage());
        if (message.contains("slots") && message.contains("arrier")) {
            return DropwiseException.retryable("Spark has too few free slots now: " + firstLine(message), spark);
        }
        if (!failures.isEmpty()) {
            return root(failures);
        }
        return new DropwiseException(
                DropwiseException.Category.RETRYABLE,
                ExitCode.TRY_LATER,
                "Spark ended the job " + lastSeen + ": " + firstLine(message),
                spark);
    }

    private DropwiseException lost(LostTasks.Loss loss, Throwable spark) {
        return DropwiseException.retryable(
                "rank " + loss.rank() + " (" + loss.host() + ", executor " + loss.executor() + ") was lost " + lastSeen
                        + ": " + firstLine(loss.reason()),
                spark);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("no reason given");
    }
}
