package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.nio.file.Path;
import java.util.List;
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

    /** Of the last element, the output layer's, in the last step: what it does to the others would show in no loss. */
    private static void nudge(INDArray array) {
        long last = array.length() - 1;
        array.putScalar(last, Math.nextUp(array.getFloat(last)));
    }

    private void assertThatRunFailsNaming(int workers, int strayed, InProcessRun.Intervention intervention) {
        List<Throwable> failures = InProcessRun.of(Recipe.small(), out)
                .withIntervention(intervention)
                .fail(workers);

        assertThat(failures).hasSize(workers).allSatisfy(failure -> assertThat(failure)
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BUG))
                .hasMessageContaining("step=4")
                .hasMessageContaining("found others on ranks [" + strayed + "]"));
        assertThat(out.resolve("checkpoints")).doesNotExist();
    }
}
