package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.progress.EpochReport;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AugmentationTest {
    // Steps too small to change an output: all epochs are seen by the same network.
    private static final Recipe STANDING =
            Recipe.small().dropout("none").sgd(1e-30).examples(256, 96).epochs(2);

    @TempDir
    private Path out;

    @Test
    void shouldDistortTrainingImagesAnewInEachEpochButNeverThoseThatAreMeasured() {
        Trained plain = InProcessRun.of(STANDING, out.resolve("plain")).train(2);
        Trained augmented = InProcessRun.of(STANDING.augmentation("shift:3,rotate:20"), out.resolve("augmented"))
                .train(2);

        EpochReport before = plain.epochs().get(0);
        EpochReport first = augmented.epochs().get(0);
        EpochReport second = augmented.epochs().get(1);
        assertThat(Math.abs(first.trainLoss() - before.trainLoss())).isGreaterThan(1e-3);
        assertThat(Math.abs(second.trainLoss() - first.trainLoss())).isGreaterThan(1e-3);
        assertThat(first.validationLoss()).isEqualTo(before.validationLoss());
        assertThat(second.validationLoss()).isEqualTo(before.validationLoss());
        assertThat(augmented.result()).isEqualTo(plain.result());
    }

    @Test
    void shouldTrainAsWithoutWhenThePartsMoveNothing() {
        Recipe recipe = Recipe.small().examples(128, 32);

        Trained plain = InProcessRun.of(recipe, out.resolve("plain")).train(2);
        Trained still = InProcessRun.of(recipe.augmentation("shift:0,rotate:0"), out.resolve("still"))
                .train(2);

        assertThat(still.numbers()).isEqualTo(plain.numbers());
    }
}
