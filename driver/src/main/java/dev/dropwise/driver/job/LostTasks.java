package dev.dropwise.driver.job;

import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Notes which rank Spark itself saw fail first, as a lost executor leaves no rank to tell, and whose task has not ended.
 * Written on Spark's listener thread.
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

    private final Queue<Loss> losses = new ConcurrentLinkedQueue<>();
    private final Map<Long, String> running = new ConcurrentHashMap<>();

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
        running.put(start.taskInfo().taskId(), start.taskInfo().executorId());
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        running.remove(end.taskInfo().taskId());
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
        return Set.copyOf(running.values());
    }

    /** A rank whose executor was lost, or else the first whose task threw. */
    Optional<Loss> root() {
        return losses.stream()
                .filter(Loss::lost)
                .findFirst()
                .or(() -> losses.stream().findFirst());
    }
}
