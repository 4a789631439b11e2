package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.progress.RunEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class ResumeTest {
    private static final Recipe RECIPE = Recipe.small().model("mlp:32+bn").examples(256, 48);

    @TempDir
    private Path out;

    /** What can have happened to the newest checkpoint. */
    enum Damage {
        FLIPPED_BYTE("epoch-00003.state") {
            @Override
            byte[] of(byte[] whole) {
                whole[whole.length - 100] ^= 16;
                return whole;
            }
        },
        TRUNCATED("epoch-00003.state") {
            @Override
            byte[] of(byte[] whole) {
                return Arrays.copyOf(whole, whole.length - 1);
            }
        },
        HALF_A_MANIFEST("epoch-00003.manifest") {
            @Override
            byte[] of(byte[] whole) {
                return Arrays.copyOf(whole, whole.length / 2);
            }
        },
        MISSING_MANIFEST("epoch-00003.manifest") {
            @Override
            byte[] of(byte[] whole) {
                return new byte[0];
            }

            @Override
            void strike(Path checkpoints) throws IOException {
                Files.delete(checkpoints.resolve(file()));
            }
        };

        private final String file;

        Damage(String file) {
            this.file = file;
        }

        String file() {
            return file;
        }

        abstract byte[] of(byte[] whole);

        void strike(Path checkpoints) throws IOException {
            Path struck = checkpoints.resolve(file);
            Files.write(struck, of(Files.readAllBytes(struck)));
        }
    }

    static Stream<Recipe> recipes() {
        return Stream.of(
                RECIPE,
                RECIPE.updater(Recipe.NESTEROVS),
                RECIPE.model("mlp:32").sgd(0.1),
                RECIPE.augmentation("shift:2,rotate:10,crop:1"),
                // Of four steps an epoch, so that averages fall into the middle of epochs.
                RECIPE.shards(2).exchange("parameters:3"));
    }

    /** A driver that died may not have written down what it was told last. */
    @Test
    void shouldTellTheReportOfTheCheckpointsEpochAgainWhenResumed() {
        Trained before = InProcessRun.of(RECIPE.epochs(2), out).train(2);

        Trained after = InProcessRun.of(RECIPE.epochs(3), out).resume(2);

        assertThat(after.events(RunEvent.Met.class).findFirst().orElseThrow().restored())
                .containsExactly(before.epochs().get(1));
        assertThat(after.epochs()).extracting(EpochReport::epoch).containsExactly(3);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void shouldEndWithTheUndisturbedDigestsWhenStoppedAndResumed(Recipe recipe) {
        // given
        Trained expected =
                InProcessRun.of(recipe.epochs(4), out.resolve("undisturbed")).train(2);

        // when
        InProcessRun.of(recipe.epochs(2), out.resolve("stopped")).train(2);
        Trained resumed =
                InProcessRun.of(recipe.epochs(4), out.resolve("stopped")).resume(2);

        // then
        assertThat(resumed.numbers()).isEqualTo(expected.numbers().subList(2, 4));
        assertThat(resumed.result()).isEqualTo(expected.result());
        assertThat(resumed.model()).isEqualTo(expected.model());
        Checkpoints.assertSame(out.resolve("stopped"), out.resolve("undisturbed"), 4);
        assertThat(resumed.warnings()).isEmpty();
    }

    @Test
    void shouldEndWithTheUndisturbedDigestsWhenResumedOnFewerOrMoreWorkers() {
        Trained expected =
                InProcessRun.of(RECIPE.epochs(4), out.resolve("undisturbed")).train(4);

        InProcessRun.of(RECIPE.epochs(1), out.resolve("stopped")).train(4);
        InProcessRun.of(RECIPE.epochs(3), out.resolve("stopped")).resume(1);
        Trained resumed =
                InProcessRun.of(RECIPE.epochs(4), out.resolve("stopped")).resume(2);

        assertThat(resumed.numbers()).isEqualTo(expected.numbers().subList(3, 4));
        assertThat(resumed.model()).isEqualTo(expected.model());
    }

    @Test
    void shouldSayTheSameAgainWhenThereIsNothingLeftToDo() {
        InProcessRun run = InProcessRun.of(RECIPE, out);
        Trained first = run.train(2);

        Trained again = run.resume(2);

        assertThat(again.epochs()).isEmpty();
        assertThat(again.result()).isEqualTo(first.result());
        assertThat(again.model()).isEqualTo(first.model());
    }

    @ParameterizedTest
    @EnumSource
    void shouldFallBackToTheCheckpointBeforeAndNameTheFileWhenTheNewestIsDamaged(Damage damage) throws IOException {
        // given
        Trained expected =
                InProcessRun.of(RECIPE.epochs(4), out.resolve("undisturbed")).train(2);
        InProcessRun.of(RECIPE.epochs(3), out.resolve("stopped")).train(2);
        damage.strike(out.resolve("stopped/checkpoints"));

        // when
        Trained resumed =
                InProcessRun.of(RECIPE.epochs(4), out.resolve("stopped")).resume(2);

        // then
        assertThat(resumed.numbers()).isEqualTo(expected.numbers().subList(2, 4));
        assertThat(resumed.model()).isEqualTo(expected.model());
        assertThat(resumed.warnings())
                .singleElement()
                .satisfies(text ->
                        assertThat(text).startsWith("checkpoint of epoch 3").contains(damage.file()));
    }

    @Test
    void shouldStartAfreshWhenNoCheckpointIsWhole() throws IOException {
        Trained expected = InProcessRun.of(RECIPE, out.resolve("undisturbed")).train(2);
        InProcessRun.of(RECIPE, out.resolve("stopped")).train(2);
        for (int epoch = 1; epoch <= 2; epoch++) {
            Files.write(out.resolve("stopped/checkpoints/epoch-0000" + epoch + ".state"), new byte[100]);
        }

        Trained resumed = InProcessRun.of(RECIPE, out.resolve("stopped")).resume(2);

        assertThat(resumed.numbers()).isEqualTo(expected.numbers());
        assertThat(resumed.model()).isEqualTo(expected.model());
        assertThat(resumed.warnings()).hasSize(2);
    }

    @Test
    void shouldNameBothDigestsWhenTheCheckpointIsOfAnotherConfiguration() {
        // given
        InProcessRun.of(RECIPE, out).train(2);
        Recipe other = RECIPE.updater(Recipe.NESTEROVS);

        // when
        List<Throwable> failures = InProcessRun.of(other, out).failToResume(2);

        // then
        assertThat(failures.get(0))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContainingAll(
                        "checkpoint of epoch 2 belongs to another configuration",
                        "expected digest " + other.config().digest(),
                        "found " + RECIPE.config().digest());
        assertThat(failures.get(1))
                .hasMessageContaining("rank 0")
                .hasMessageContaining(RECIPE.config().digest());
    }

    @Test
    void shouldRefuseAndLeaveTheModelAsItIsWhenThereAreMoreEpochsAlreadyThanItIsToTrain() {
        Trained before = InProcessRun.of(RECIPE.epochs(3), out).train(2);
        InProcessRun fewer = InProcessRun.of(RECIPE.epochs(2), out);

        List<Throwable> failures = fewer.failToResume(2);

        assertThat(failures.get(0))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContainingAll(
                        "the run has 3 epochs already", "--epochs 2 asks for fewer", "--epochs 3 or more");
        assertThat(fewer.bytes("model.zip")).isEqualTo(before.model());
    }

    @Test
    void shouldWarnThatBitsWillDifferWhenTheCheckpointIsOfAnotherKernelClass() {
        InProcessRun.of(RECIPE.epochs(1), out).train(2);

        Trained resumed =
                InProcessRun.of(RECIPE, out).onKernels("weaker-kernels").resume(2);

        assertThat(resumed.epochs()).hasSize(1);
        assertThat(resumed.warnings())
                .containsExactly("the checkpoint of epoch 1 was computed on " + InProcessRun.KERNEL_CLASS
                        + ", this attempt computes on weaker-kernels: results agree within rounding, not bit for bit");
    }

    @Test
    void shouldNotLookForCheckpointsWhenItIsNotToResume() {
        Trained expected = InProcessRun.of(RECIPE, out).train(2);

        Trained again = InProcessRun.of(RECIPE, out).train(2);

        assertThat(again.numbers()).isEqualTo(expected.numbers());
    }
}
