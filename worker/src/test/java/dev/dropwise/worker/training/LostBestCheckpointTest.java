package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.model.ModelImport;
import dev.dropwise.common.model.SavedModel;
import dev.dropwise.worker.training.Trained.Numbers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The best checkpoint rots while training goes on: a run of hours is not lost for that, and says what it ends with. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostBestCheckpointTest {
    // Few examples and large steps: validation gets better, and then worse again.
    private static final Recipe RECIPE = Recipe.small()
            .examples(40, 200)
            .batchSize(10)
            .updater(new UpdaterConfig(UpdaterConfig.Kind.ADAM, 0.02, 0.9))
            .epochs(30);
    private static final int WORKERS = 2;

    /** What each epoch is worth, by epoch - 1. */
    private List<Numbers> epochs = List.of();

    @TempDir
    private Path out;

    @BeforeAll
    void trainUndisturbed(@TempDir Path directory) {
        epochs = InProcessRun.of(RECIPE, directory).train(WORKERS).numbers();
    }

    @Test
    void shouldEndWithTheCheckpointBeforeTheLastWhenThatIsTheBestThatIsLeft() throws IOException {
        int last = epochWhere(n -> bestOf(n) < n - 1 && isBetter(n - 1, n));

        Trained found = trainAndDamage(last, bestOf(last));

        assertEndsWith(last - 1, last, found);
        assertThat(found.warnings()).hasSize(2);
        assertThat(found.warnings().get(0)).startsWith("checkpoint of epoch " + bestOf(last) + " passed over: ");
    }

    @Test
    void shouldEndWithTheLastEpochWhenThatIsTheBestThatIsLeft() throws IOException {
        int last = epochWhere(n -> bestOf(n) < n - 1 && isBetter(n, n - 1));

        assertEndsWith(last, last, trainAndDamage(last, bestOf(last)));
    }

    @Test
    void shouldEndWithTheLastEpochWhenTheBestIsTheOneBefore() throws IOException {
        int last = epochWhere(n -> bestOf(n) == n - 1);

        assertEndsWith(last, last, trainAndDamage(last, last - 1));
    }

    @Test
    void shouldEndWithTheLastEpochWhenAllCheckpointsBeforeAreDamaged() throws IOException {
        int last = epochWhere(n -> bestOf(n) < n - 1 && isBetter(n - 1, n));

        Trained found = trainAndDamage(last, bestOf(last), last - 1);

        assertEndsWith(last, last, found);
        assertThat(found.warnings()).hasSize(3);
    }

    @Test
    void shouldEndTheSameWayWhenResumedByOneWorkerWithNothingLeftToDo() throws IOException {
        int last = epochWhere(n -> bestOf(n) < n - 1 && isBetter(n - 1, n));
        Trained first = trainAndDamage(last, bestOf(last));

        // One worker tests with the parameters of model.zip, whatever others hold.
        Trained again = InProcessRun.of(RECIPE.epochs(last), out).resume(1);

        assertThat(again.result()).isEqualTo(first.result());
        assertThat(again.model()).isEqualTo(first.model());
        assertThat(again.warnings()).isEqualTo(first.warnings());
    }

    @Test
    void shouldFindTheBestAgainWhenALaterEpochIsBetterThanTheOneThatWasLost() throws IOException {
        int better = epochWhere(n -> bestOf(n) == n && bestOf(n - 1) < n - 2);
        trainAndDamage(better - 1, bestOf(better - 1));

        Trained resumed = InProcessRun.of(RECIPE.epochs(better), out).resume(WORKERS);

        assertThat(resumed.result().bestEpoch()).isEqualTo(better);
        assertThat(saved(resumed)).containsExactly(Checkpoints.parameters(out, better));
        assertThat(resumed.warnings()).isEmpty();
    }

    private void assertEndsWith(int kept, int last, Trained found) throws IOException {
        double accuracy = epochs.get(kept - 1).validationAccuracy();
        assertThat(found.numbers()).isEqualTo(epochs.subList(0, last));
        assertThat(found.results()).allSatisfy(result -> {
            assertThat(result.bestEpoch()).isEqualTo(kept);
            assertThat(result.validationAccuracy()).isEqualTo(accuracy);
            assertThat(result.epochs()).isEqualTo(last);
            // What all ranks have tested is what model.zip holds.
            assertThat(result).isEqualTo(found.result());
        });
        assertThat(saved(found)).containsExactly(Checkpoints.parameters(out, kept));
        assertThat(found.warnings())
                .last(InstanceOfAssertFactories.STRING)
                .startsWith(String.format(
                        Locale.ROOT,
                        "the checkpoint of the best epoch %d (validation accuracy %.2f %%) is gone or damaged:"
                                + " model.zip holds epoch %d (validation accuracy %.2f %%)",
                        bestOf(last),
                        100 * epochs.get(bestOf(last) - 1).validationAccuracy(),
                        kept,
                        100 * accuracy));
    }

    /** The first epoch n >= 3 that {@code holds} is true of. */
    private int epochWhere(IntPredicate holds) {
        return IntStream.rangeClosed(3, epochs.size())
                .filter(holds)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no such epoch in " + epochs));
    }

    /** The best of the first {@code last} epochs. */
    private int bestOf(int last) {
        int best = 1;
        for (int each = 2; each <= last; each++) {
            best = isBetter(each, best) ? each : best;
        }
        return best;
    }

    private boolean isBetter(int a, int b) {
        Numbers left = epochs.get(a - 1);
        Numbers right = epochs.get(b - 1);
        return left.validationAccuracy() > right.validationAccuracy()
                || (left.validationAccuracy() == right.validationAccuracy()
                        && left.validationLoss() < right.validationLoss());
    }

    private static float[] saved(Trained found) throws IOException {
        SavedModel saved = ModelImport.read("model.zip", new ByteArrayInputStream(found.model()));
        return saved.parameters().reshape(saved.parameters().length()).toFloatVector();
    }

    /** Trains {@code last} epochs; in the last one, whose checkpoint is not written yet, the states of {@code struck} rot. */
    private Trained trainAndDamage(int last, int... struck) {
        return InProcessRun.of(RECIPE.epochs(last), out)
                .withIntervention((rank, replica, shard, epoch, step) -> {
                    if (rank == 0 && epoch == last - 1) {
                        Arrays.stream(struck).forEach(this::damage);
                    }
                })
                .train(WORKERS);
    }

    private void damage(int epoch) {
        try {
            Files.write(out.resolve(String.format("checkpoints/epoch-%05d.state", epoch)), new byte[100]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
