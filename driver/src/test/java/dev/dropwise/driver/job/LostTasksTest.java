package dev.dropwise.driver.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.Success$;
import org.apache.spark.TaskEndReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.executor.ExecutorMetrics;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;
import org.apache.spark.scheduler.TaskLocality;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

class LostTasksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LostTasks tasks = new LostTasks();

    @Test
    void shouldNameTheLowestRankThatGoesOnWhenAnotherOneEndedLongAgo() {
        start(0);
        start(1);
        start(2);
        end(1, Success$.MODULE$);

        long nowNs = System.nanoTime();
        assertThat(tasks.straggler(PATIENCE, nowNs)).isEmpty();
        assertThat(tasks.straggler(PATIENCE, nowNs + PATIENCE.toNanos()))
                .contains(new LostTasks.Loss(
                        0,
                        "host0",
                        "executor0",
                        true,
                        "it has not ended 5 s after rank 1 did; its process is stopped, or its host cut off"));
        assertThat(tasks.busyExecutors()).containsExactlyInAnyOrder("executor0", "executor2");
    }

    @Test
    void shouldNameNobodyWhenAllHaveEnded() {
        start(0);
        start(1);
        end(0, Success$.MODULE$);
        end(1, Success$.MODULE$);

        assertThat(tasks.straggler(Duration.ZERO, System.nanoTime())).isEmpty();
        assertThat(tasks.busyExecutors()).isEmpty();
    }

    @Test
    void shouldNotTakeTheEndOfAnEarlierJobsTaskForARanks() {
        end(7, Success$.MODULE$);
        start(0);

        assertThat(tasks.straggler(Duration.ZERO, System.nanoTime())).isEmpty();
    }

    @Test
    void shouldPreferALostExecutorToATaskThatItsLossEnded() {
        start(0);
        start(1);
        end(0, TaskKilled.apply("another attempt", none(), none(), none()));
        end(1, new ExecutorLostFailure("executor1", true, Option.apply("code 137")));

        assertThat(tasks.root()).hasValueSatisfying(loss -> {
            assertThat(loss.rank()).isEqualTo(1);
            assertThat(loss.lost()).isTrue();
            assertThat(loss.reason()).contains("code 137");
        });
        assertThat(tasks.straggler(Duration.ZERO, System.nanoTime())).isEqualTo(Optional.empty());
    }

    private static <T> Seq<T> none() {
        return CollectionConverters.asScala(List.<T>of()).toSeq();
    }

    private void start(int rank) {
        tasks.onTaskStart(new SparkListenerTaskStart(1, 0, info(rank)));
    }

    private void end(int rank, TaskEndReason reason) {
        tasks.onTaskEnd(new SparkListenerTaskEnd(1, 0, "ResultTask", reason, info(rank), new ExecutorMetrics(), null));
    }

    private static TaskInfo info(int rank) {
        return new TaskInfo(rank, rank, 0, rank, 0L, "executor" + rank, "host" + rank, TaskLocality.ANY(), false);
    }
}
