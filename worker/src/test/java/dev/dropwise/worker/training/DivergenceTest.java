package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.membership.PeerLostException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DivergenceTest {
    @TempDir
    private Path out;

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void shouldNameRankStepAndShardOnAllRanksWhenOneRanksLossIsNoNumber(float planted) {
        // Rank 1 of two owns shards 2 and 3.
        List<Throwable> failures = InProcessRun.of(Recipe.small(), out)
                .withIntervention((rank, replica, shard, epoch, step) -> {
                    if (shard == 3 && epoch == 0 && step == 2) {
                        replica.parameters().assign(planted);
                    }
                })
                .fail(2);

        assertThat(failures.get(1))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageStartingWith("rank 1 computed a loss of NaN in step=2 shard=3"
                        + " (first not finite: parameters W of layer 0 (DenseLayer))")
                .hasMessageContaining("--learning-rate");
        assertThat(failures.get(0))
                .isInstanceOf(PeerLostException.class)
                .hasMessageContaining(
                        "rank 1 (host1 pid 101) gave up: rank 1 computed a loss of NaN in step=2 shard=3");
    }

    @Test
    void shouldStopWhenTheLearningRateIsFarTooHigh() {
        List<Throwable> failures =
                InProcessRun.of(Recipe.small().sgd(1e30), out).fail(2);

        assertThat(failures)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure)
                        .hasMessageContaining("computed a loss of NaN in step=")
                        .hasMessageContaining("training has diverged"));
    }

    @ParameterizedTest
    // Parameters that overflow, and parameters that are finite still while the activations overflow.
    @CsvSource({
        "gradients, 1e40, after step=0 (first not finite: parameters W of layer 0 (DenseLayer))",
        "parameters:1, 1e40, holds parameters that are not finite after step=0",
        "gradients, 1e25, validation after step=0 computed a loss of NaN over 20 examples",
    })
    void shouldLeaveNoModelWhenTheVeryLastUpdateDiverges(String exchange, double learningRate, String message) {
        // One step in all: its loss is that of the initial parameters, and fine.
        Recipe oneStep = Recipe.small()
                .shards(2)
                .examples(52, 20)
                .epochs(1)
                .sgd(learningRate)
                .exchange(exchange);

        List<Throwable> failures = InProcessRun.of(oneStep, out).fail(2);

        assertThat(failures)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(DropwiseException.class)
                        .hasMessageContaining("training has diverged")
                        .hasMessageContaining(message));
        assertThat(out.resolve("model.zip")).doesNotExist();
        assertThat(out.resolve("checkpoints")).doesNotExist();
    }
}
