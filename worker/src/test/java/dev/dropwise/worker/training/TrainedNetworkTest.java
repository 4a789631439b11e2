package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.data.ShardPlan;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.evaluation.MonteCarlo;
import dev.dropwise.common.evaluation.UncertaintyTally;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.progress.RunResult;
import dev.dropwise.worker.scoring.TrainedNetwork;
import dev.dropwise.worker.scoring.TrainedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TrainedNetworkTest {
    private static final MonteCarlo FOUR = new MonteCarlo(4, 7);
    private static final Recipe RECIPE = Recipe.small().examples(256, 96);

    @TempDir
    private Path out;

    @ParameterizedTest
    @CsvSource({"mlp:32, inverted:0.5", "mlp:32+bn, standard:0.3", "mlp:32, gaussian:0.5"})
    void shouldMeasureWhatTheRunMeasuredBesideTheMeanOfThePassesWhenRestored(String model, String dropout) {
        // given
        Recipe recipe = RECIPE.model(model).dropout(dropout);
        RunResult trained = InProcessRun.of(recipe, out).train(2).result();

        // when
        UncertaintyTally found = measure(recipe, trained.bestEpoch());

        // then
        assertThat(found.deterministic().accuracy()).isEqualTo(trained.testAccuracy());
        assertThat(found.deterministic().loss()).isEqualTo(trained.testLoss());
        assertThat(found.predictive().examples()).isEqualTo(2_000);
        assertThat(found.predictive().accuracy()).isBetween(trained.testAccuracy() - 0.1, trained.testAccuracy() + 0.1);
        assertThat(found.mutualInformation()).isBetween(1e-4, found.entropy());
        assertThat(measure(recipe, trained.bestEpoch())).isEqualTo(found);
    }

    @Test
    void shouldNameBothDigestsWhenTheRunWasTrainedOtherwise() {
        InProcessRun.of(RECIPE.epochs(1), out).train(1);
        Recipe other = RECIPE.dropout("0.4");

        assertThatThrownBy(() -> load(other, 1))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContainingAll(
                        "epoch 1", other.config().digest(), RECIPE.config().digest(), "run.json");
    }

    @Test
    void shouldNameTheCheckpointWhenItIsGone() throws IOException {
        InProcessRun.of(RECIPE.epochs(1), out).train(1);
        Files.delete(out.resolve("checkpoints/epoch-00001.state"));

        assertThatThrownBy(() -> load(RECIPE, 1))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
                .hasMessageContainingAll("checkpoints", "epoch 1", "epoch-00001.state", "--monte-carlo");
    }

    @Test
    void shouldRefuseWhenTheRunHadNoDropout() {
        Recipe without = RECIPE.dropout("none").epochs(1);

        assertThatThrownBy(() -> new TrainedRun("", without.config(), 1).requireDropout())
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContaining("without any");
        assertThat(new TrainedRun("", RECIPE.config(), 1).requireDropout().epoch())
                .isEqualTo(1);
    }

    private TrainedNetwork load(Recipe recipe, int epoch) {
        return TrainedNetwork.load(
                new TrainedRun(out.toUri().toString(), recipe.config(), epoch), FOUR, new Configuration());
    }

    /** As training does it: block after block, one for each shard. */
    private UncertaintyTally measure(Recipe recipe, int epoch) {
        TrainedNetwork network = load(recipe, epoch);
        ImageSource source = LocalModel.load(recipe.config(), new MaskContext(1), new Configuration())
                .source();
        ShardPlan plan = ShardPlan.of(recipe.data(), source.size(Split.TRAIN), source.size(Split.TEST), 4, Recipe.SEED);
        UncertaintyTally sum = UncertaintyTally.NONE;
        for (int shard = 0; shard < 4; shard++) {
            Examples examples = source.read(Split.TEST, plan.test(shard));
            sum = sum.plus(network.tally(examples, plan.test(shard)[0], source.name()));
        }
        return sum;
    }
}
