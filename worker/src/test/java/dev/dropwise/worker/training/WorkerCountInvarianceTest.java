package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class WorkerCountInvarianceTest {
    @TempDir
    private Path out;

    static Stream<Recipe> recipes() {
        return Stream.of(
                Recipe.small(),
                Recipe.small().updater(Recipe.NESTEROVS),
                Recipe.small().model("mlp:32+bn"),
                Recipe.small().model("mlp:32+bn").updater(Recipe.NESTEROVS),
                Recipe.small().model("mlp:24,16").regularisation(1e-5, 1e-4, 1.5),
                // Uneven shards: of 26, 26, 26 and 25 examples.
                Recipe.small().examples(103, 21).batchSize(8),
                Recipe.small().model("lenet").examples(64, 32).batchSize(8),
                Recipe.small().augmentation("shift:2,rotate:10,flip,crop:4"),
                // Layers of which each is exchanged by itself, where a worker has one shard: 200,960 parameters, 512,
                // 65,792 and so on.
                Recipe.small().model("mlp:256,256,256+bn").updater(Recipe.NESTEROVS),
                Recipe.small().model("mlp:300,300").regularisation(0, 0, 1.5));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void shouldTrainBitForBitTheSameWhenFourShardsAreOnOneTwoOrFourWorkers(Recipe recipe) {
        // given
        Trained expected = InProcessRun.of(recipe, out.resolve("1")).train(1);

        for (int workers : new int[] {2, 4}) {
            // when
            Trained found = InProcessRun.of(recipe, out.resolve(Integer.toString(workers)))
                    .train(workers);

            // then
            assertThat(found.numbers()).as("on %d workers", workers).isEqualTo(expected.numbers());
            assertThat(found.results()).hasSize(workers).containsOnly(expected.result());
            assertThat(found.maskDigests()).isEqualTo(expected.maskDigests());
            assertThat(found.model()).as("model.zip").isEqualTo(expected.model());
            Checkpoints.assertSame(out.resolve(Integer.toString(workers)), out.resolve("1"), 2);
        }
        assertThat(expected.parameterDigests()).hasSize(2).doesNotHaveDuplicates();
    }

    static Stream<Recipe> kinds() {
        Recipe mlp = Recipe.small().epochs(1);
        Recipe lenet = Recipe.small().epochs(1).model("lenet").examples(64, 32).batchSize(8);
        return Stream.of(
                mlp.dropout("standard:0.5"),
                mlp.dropout("gaussian:0.5"),
                mlp.dropout("alpha:0.5"),
                mlp.dropout("standout:0.5"),
                mlp.dropout("dropconnect:0.5,samples=5"),
                mlp.dropout("dropconnect:0.5,mask=batch,eval=mean"),
                lenet.dropout("pooling:0.3"),
                lenet.dropout("spatial:0.3"),
                lenet.dropout("dropblock:0.2,block=3"),
                lenet.dropout("maxdrop:0.5"),
                lenet.dropout("none").inputDropout("cutout:8"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldTrainBitForBitTheSameWhenAnyKindOfDropoutIsOnOneOrTwoWorkers(Recipe recipe) {
        Trained alone = InProcessRun.of(recipe, out.resolve("1")).train(1);
        Trained shared = InProcessRun.of(recipe, out.resolve("2")).train(2);

        assertThat(shared.numbers()).isEqualTo(alone.numbers());
        assertThat(shared.parameterDigests()).isEqualTo(alone.parameterDigests());
        assertThat(shared.maskDigests()).isEqualTo(alone.maskDigests()).isNotEmpty();
        assertThat(shared.model()).as("model.zip").isEqualTo(alone.model());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void shouldTrainBitForBitTheSameAndSendLessWhenGradientsGoAsSparseFactors(int workers) {
        // Three steps an epoch, of which the last is exchanged whole; one shard a worker.
        Recipe dense = Recipe.small()
                .examples(288 * workers, 96)
                .shards(workers)
                .batchSize(96)
                .model("mlp:1100,1024")
                .dropout("none");
        Recipe sparse = dense.dropout("0.9").inputDropout("0.8");
        Trained alone = InProcessRun.of(sparse, out.resolve("1")).train(1);

        Trained shared = InProcessRun.of(sparse, out.resolve("shared")).train(workers);
        Trained whole = InProcessRun.of(dense, out.resolve("dense")).train(workers);

        assertThat(shared.numbers()).isEqualTo(alone.numbers());
        assertThat(bytes(shared)).isLessThan(bytes(whole) * 9 / 10);
    }

    private static long bytes(Trained run) {
        return run.epochs().stream()
                .mapToLong(report -> report.exchange().bytes())
                .sum();
    }

    @Test
    void shouldGiveTheSameBitsWhenTheSameRunIsDoneTwice() {
        Recipe recipe = Recipe.small().model("mlp:32+bn");

        Trained first = InProcessRun.of(recipe, out.resolve("first")).train(2);
        Trained second = InProcessRun.of(recipe, out.resolve("second")).train(2);

        assertThat(second.numbers()).isEqualTo(first.numbers());
        assertThat(second.result()).isEqualTo(first.result());
        assertThat(second.maskDigests()).isEqualTo(first.maskDigests());
        assertThat(second.model()).isEqualTo(first.model());
    }

    @ParameterizedTest
    @MethodSource("threeShards")
    void shouldStayWithinRoundingWhenThreeShardsAreOnOneTwoOrThreeWorkers(Recipe recipe) {
        // given
        Trained alone = InProcessRun.of(recipe, out.resolve("1")).train(1);
        float[] expected = Checkpoints.parameters(out.resolve("1"), 2);

        for (int workers : new int[] {2, 3}) {
            // when
            Path directory = out.resolve(Integer.toString(workers));
            Trained shared = InProcessRun.of(recipe, directory).train(workers);

            // then
            assertThat(Distances.relative(Checkpoints.parameters(directory, 2), expected))
                    .as("on %d workers", workers)
                    .isLessThan(1e-5);
            assertThat(shared.maskDigests()).isEqualTo(alone.maskDigests());
            assertThat(shared.epochs().get(1).trainLoss())
                    .isCloseTo(alone.epochs().get(1).trainLoss(), within(1e-5));
        }
    }

    static Stream<Recipe> threeShards() {
        return Stream.of(
                Recipe.small().shards(3).examples(384, 96),
                Recipe.small().shards(3).examples(200, 50).model("mlp:32+bn").updater(Recipe.NESTEROVS));
    }
}
