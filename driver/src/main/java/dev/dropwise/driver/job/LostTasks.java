package dev.dropwise.driver.job;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;
import org.jspecify.annotations.Nullable;

/**
 * Notes which rank Spark itself saw fail first, as a lost executor leaves no rank to tell, and whose task has not ended.
 * Written on Spark's listener thread; times are {@link System#nanoTime}'s.
 */
final class LostTasks extends SparkListener {
    /**
     * @param rank the task's partition
     * @param host where it ran
     * @param executor that it ran on
     * @param lost whether the executor is gone, rather than the task having thrown
     * @param reason in Spark's words
     */
    record Loss(int rank, String host, String executor, boolean lost, String reason) {}

    /** The first task that ended well. */
    private record FirstEnd(int rank, long atNs) {}

    private final Queue<Loss> losses = new ConcurrentLinkedQueue<>();
    private final Map<Long, TaskInfo> running = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable FirstEnd> firstEnd = new AtomicReference<>();

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
        running.put(start.taskInfo().taskId(), start.taskInfo());
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        boolean ours = running.remove(end.taskInfo().taskId()) != null;
        if (ours && !(end.reason() instanceof TaskFailedReason)) {
            firstEnd.compareAndSet(null, new FirstEnd(end.taskInfo().index(), System.nanoTime()));
        }
        // Tasks that Spark kills because another one failed say nothing new.
        if (end.reason() instanceof TaskFailedReason failed && !(failed instanceof TaskKilled)) {
            losses.add(new Loss(
                    end.taskInfo().index(),
                    end.taskInfo().host(),
                    end.taskInfo().executorId(),
                    failed instanceof ExecutorLostFailure,
                    failed.toErrorString()));
        }
    }

    /** Executors with a task that has not ended, as far as Spark knows. */
    Set<String> busyExecutors() {
        return running.values().stream().map(TaskInfo::executorId).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * A rank that goes on though another one ended well more than {@code patience} ago.
     *
     * @return the loss that this amounts to; nothing when none goes on, or none has ended
     */
    Optional<Loss> straggler(Duration patience, long nowNs) {
        FirstEnd first = firstEnd.get();
        if (first == null || nowNs - first.atNs() < patience.toNanos()) {
            return Optional.empty();
        }
        return running.values().stream()
                .min(Comparator.comparingInt(TaskInfo::index))
                .map(task -> new Loss(
                        task.index(),
                        task.host(),
                        task.executorId(),
                        true,
                        "it has not ended " + patience.toSeconds() + " s after rank " + first.rank()
                                + " did; its process is stopped, or its host cut off"));
    }

    /** A rank whose executor was lost, or else the first whose task threw. */
    Optional<Loss> root() {
        return losses.stream()
                .filter(Loss::lost)
                .findFirst()
                .or(() -> losses.stream().findFirst());
    }
}
