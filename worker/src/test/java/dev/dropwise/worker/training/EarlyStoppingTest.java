package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.model.ModelImport;
import dev.dropwise.common.model.SavedModel;
import dev.dropwise.worker.training.Trained.Numbers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EarlyStoppingTest {
    // Few examples and large steps: validation gets better, and then worse again.
    private static final Recipe RECIPE = Recipe.small()
            .examples(40, 200)
            .batchSize(10)
            .updater(new UpdaterConfig(UpdaterConfig.Kind.ADAM, 0.02, 0.9))
            .epochs(30);
    private static final int PATIENCE = 3;

    @TempDir
    private Path out;

    @Test
    void shouldStopAfterThePatienceAndKeepTheBestEpochsParameters() throws IOException {
        // given
        List<Numbers> free =
                InProcessRun.of(RECIPE, out.resolve("free")).train(2).numbers();
        int best = 0;
        int last = 0;
        while (last < free.size() && last - best < PATIENCE) {
            last++;
            best = best == 0 || isBetter(free.get(last - 1), free.get(best - 1)) ? last : best;
        }

        // when
        Trained found = InProcessRun.of(RECIPE.patience(PATIENCE), out.resolve("patient"))
                .train(2);

        // then
        assertThat(best).isGreaterThan(1);
        assertThat(last).isLessThan(free.size()).isEqualTo(best + PATIENCE);
        assertThat(found.numbers()).isEqualTo(free.subList(0, last));
        assertThat(found.result().epochs()).isEqualTo(last);
        assertThat(found.result().bestEpoch()).isEqualTo(best);
        assertThat(found.result().validationAccuracy())
                .isEqualTo(free.get(best - 1).validationAccuracy());
        assertThat(savedParameters(found)).containsExactly(Checkpoints.parameters(out.resolve("patient"), best));
        assertThat(savedParameters(found)).isNotEqualTo(Checkpoints.parameters(out.resolve("patient"), last));
        assertThat(checkpoints(out.resolve("patient"))).containsExactly(name(best), name(last - 1), name(last));
    }

    private static boolean isBetter(Numbers a, Numbers b) {
        return a.validationAccuracy() > b.validationAccuracy()
                || (a.validationAccuracy() == b.validationAccuracy() && a.validationLoss() < b.validationLoss());
    }

    @Test
    void shouldStopAtTheSameEpochWhenInterruptedAndResumedInBetween() {
        Trained expected = InProcessRun.of(RECIPE.patience(PATIENCE), out.resolve("undisturbed"))
                .train(2);
        int last = expected.result().epochs();

        Path stopped = out.resolve("stopped");
        InProcessRun.of(RECIPE.patience(PATIENCE).epochs(last - 1), stopped).train(2);
        Trained resumed = InProcessRun.of(RECIPE.patience(PATIENCE), stopped).resume(2);
        Trained nothingLeft =
                InProcessRun.of(RECIPE.patience(PATIENCE), stopped).resume(2);

        assertThat(resumed.numbers()).isEqualTo(expected.numbers().subList(last - 1, last));
        assertThat(resumed.result()).isEqualTo(expected.result());
        assertThat(resumed.model()).isEqualTo(expected.model());
        assertThat(nothingLeft.epochs()).isEmpty();
        assertThat(nothingLeft.result()).isEqualTo(expected.result());
        assertThat(nothingLeft.model()).isEqualTo(expected.model());
    }

    @Test
    void shouldCountEpochsAndKeepTheFirstWhenNothingGetsBetter() {
        // A rate that is zero in single precision changes nothing: all epochs are equally good.
        Recipe idle = RECIPE.sgd(1e-60).patience(2);

        Trained found = InProcessRun.of(idle, out).train(2);

        assertThat(found.parameterDigests())
                .hasSize(3)
                .containsOnly(found.parameterDigests().get(0));
        assertThat(found.result().bestEpoch()).isEqualTo(1);
        assertThat(found.result().epochs()).isEqualTo(3);
    }

    @Test
    void shouldTrainToTheLastEpochAndKeepItWhenThereIsNoValidation() throws IOException {
        Trained found = InProcessRun.of(RECIPE.examples(40, 0).epochs(4), out).train(2);

        assertThat(found.result().epochs()).isEqualTo(4);
        assertThat(found.result().bestEpoch()).isEqualTo(4);
        assertThat(found.result().validationAccuracy()).isNaN();
        assertThat(found.epochs().get(0).validationLoss()).isNaN();
        assertThat(savedParameters(found)).containsExactly(Checkpoints.parameters(out, 4));
    }

    private float[] savedParameters(Trained found) throws IOException {
        SavedModel saved = ModelImport.read("model.zip", new ByteArrayInputStream(found.model()));
        return saved.parameters().reshape(saved.parameters().length()).toFloatVector();
    }

    private static String name(int epoch) {
        return String.format("epoch-%05d.state", epoch);
    }

    private static List<String> checkpoints(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out.resolve("checkpoints"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".state"))
                    .sorted()
                    .toList();
        }
    }
}
