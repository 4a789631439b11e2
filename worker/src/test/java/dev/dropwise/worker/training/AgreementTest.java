package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.trace.Timeline;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

@Timeout(60)
class AgreementTest {
    @TempDir
    private Path out;

    @ParameterizedTest
    @CsvSource({"2, 1", "4, 2", "4, 3", "4, 0"})
    void shouldFailTheRunAndNameTheRankWhenOneParameterIsOffByOneUlp(int workers, int strayed) {
        assertThatRunFailsNaming(workers, strayed, (rank, replica, shard, epoch, step) -> {
            if (rank == strayed && epoch == 0 && step == 3) {
                nudge(replica.parameters());
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "4, 0"})
    void shouldFailTheRunAndNameTheRankWhenItsUpdaterStateIsOffByOneUlp(int workers, int strayed) {
        assertThatRunFailsNaming(workers, strayed, (rank, replica, shard, epoch, step) -> {
            if (rank == strayed && epoch == 0 && step == 3) {
                nudge(replica.updaterState().orElseThrow());
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "4, 2", "4, 0"})
    void shouldFailTheRunAndNameTheRankWhenItHasNotWhatOthersHaveAfterTheLastUpdate(int workers, int strayed) {
        List<RankThreads.Ended<String>> ends = RankThreads.run(workers, collectives -> {
            Replica replica = LocalModel.load(Recipe.small().config(), new MaskContext(1), new Configuration())
                    .replica();
            ShardedUpdate.of(replica, collectives, Timeline.off()).orElseThrow().gatherState(4);
            if (collectives.roster().rank() == strayed) {
                nudge(replica.parameters());
            }
            return new Agreement(collectives, replica, true, Timeline.off()).reach(4);
        });

        assertThat(ends)
                .allSatisfy(each ->
                        assertThat(each.failure()).hasMessageContaining("found others on ranks [" + strayed + "]"));
    }

    /** With a sharded update a parameter has one owner, whose value all others receive: nothing is left to differ. */
    @Test
    void shouldAgreeOnTheOwnersValueWhenAnotherRankStraysBeforeAShardedUpdate() {
        Trained trained = InProcessRun.of(Recipe.small(), out)
                .withIntervention((rank, replica, shard, epoch, step) -> {
                    if (rank == 0 && epoch == 0 && step == 2) {
                        nudge(replica.updaterState().orElseThrow());
                    }
                })
                .train(2);

        Trained undisturbed =
                InProcessRun.of(Recipe.small(), out.resolve("undisturbed")).train(2);
        assertThat(trained.numbers()).isEqualTo(undisturbed.numbers());
    }

    /** Of the last element, the output layer's: in the last step, what it does to the others would show in no loss. */
    private static void nudge(INDArray array) {
        long last = array.length() - 1;
        array.putScalar(last, Math.nextUp(array.getFloat(last)));
    }

    private void assertThatRunFailsNaming(int workers, int strayed, InProcessRun.Intervention intervention) {
        List<Throwable> failures = InProcessRun.of(Recipe.small(), out)
                .withIntervention(intervention)
                .fail(workers);

        assertThat(failures)
                .hasSize(workers)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(
                                DropwiseException.class,
                                e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BUG))
                        .hasMessageContaining("step=4")
                        .hasMessageContaining("found others on ranks [" + strayed + "]"));
        assertThat(out.resolve("checkpoints")).doesNotExist();
    }
}
