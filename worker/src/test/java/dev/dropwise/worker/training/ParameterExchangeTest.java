package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.batch.NativeFloats;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.worker.trace.Timeline;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ParameterExchangeTest {
    @TempDir
    private Path out;

    @Test
    void shouldStayWithinRoundingOfGradientExchangeWhenAveragingPlainDescentEveryStep() {
        // Four shards of 128 examples: the mean of equally long steps is the step along the mean.
        Recipe recipe = Recipe.small().sgd(0.1);

        Trained gradients = InProcessRun.of(recipe, out.resolve("gradients")).train(4);
        Trained parameters = InProcessRun.of(recipe.exchange("parameters:1"), out.resolve("parameters"))
                .train(4);

        assertThat(Distances.relative(
                        Checkpoints.parameters(out.resolve("parameters"), 2),
                        Checkpoints.parameters(out.resolve("gradients"), 2)))
                .isLessThan(1e-6);
        assertThat(parameters.maskDigests()).isEqualTo(gradients.maskDigests());
    }

    @Test
    void shouldDifferBetweenRanksUntilTheAverageAndAgreeAfterItWhenStepsAreLocal() {
        // given four steps an epoch, and an average after every third
        Map<Long, Map<Integer, String>> seen = new ConcurrentHashMap<>();
        Recipe recipe = Recipe.small().exchange("parameters:3");

        // when
        InProcessRun.of(recipe, out)
                .withIntervention((rank, replica, shard, epoch, step) -> seen.computeIfAbsent(
                                epoch * 4L + step, key -> new ConcurrentHashMap<>())
                        .put(rank, replica.parameterDigest() + replica.updaterDigest()))
                .train(4);

        // then: at the start, after steps 3 and 6, and before the epoch's validation
        Map<Long, Integer> different = new TreeMap<>();
        seen.forEach((step, digests) ->
                different.put(step, (int) digests.values().stream().distinct().count()));
        assertThat(different)
                .containsExactlyInAnyOrderEntriesOf(Map.of(0L, 1, 1L, 4, 2L, 4, 3L, 1, 4L, 1, 5L, 4, 6L, 1, 7L, 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void shouldBeTheMeanOverRanksWhenParametersAndUpdaterStateAreAveraged(int workers) {
        RankThreads.all(workers, collectives -> {
            // given
            int rank = collectives.roster().rank();
            Replica replica = replica();
            int parameters = (int) replica.parameters().length();
            int moments = (int) replica.updaterState().orElseThrow().length();
            NativeFloats.set(replica.parameters(), random(rank, parameters));
            NativeFloats.set(replica.updaterState().orElseThrow(), random(100 + rank, moments));

            // when
            new Agreement(collectives, replica, false, Timeline.off()).average(7);

            // then
            assertThat(NativeFloats.copyOf(replica.parameters())).containsExactly(mean(0, workers, parameters), ULP);
            assertThat(NativeFloats.copyOf(replica.updaterState().orElseThrow()))
                    .containsExactly(mean(100, workers, moments), ULP);
            return rank;
        });
    }

    @Test
    void shouldKeepEveryBitWhenRanksAgreeAlready() {
        List<String> digests = RankThreads.all(3, collectives -> {
            Replica replica = replica();
            // A third of three equal values is not always the value.
            NativeFloats.set(
                    replica.parameters(), random(1, (int) replica.parameters().length()));
            String before = replica.parameterDigest();

            String agreed = new Agreement(collectives, replica, false, Timeline.off()).reach(7);

            assertThat(agreed).isEqualTo(before).isEqualTo(replica.parameterDigest());
            return agreed;
        });

        assertThat(digests).hasSize(3).containsOnly(digests.get(0));
    }

    private static final org.assertj.core.data.Offset<Float> ULP = org.assertj.core.data.Offset.offset(Math.ulp(1f));

    private static Replica replica() {
        return LocalModel.load(Recipe.small().config(), new MaskContext(1), new Configuration())
                .replica();
    }

    private static float[] random(int seed, int length) {
        Random random = new Random(seed);
        float[] values = new float[length];
        IntStream.range(0, length).forEach(i -> values[i] = random.nextFloat() - 0.5f);
        return values;
    }

    private static float[] mean(int firstSeed, int workers, int length) {
        double[] sum = new double[length];
        for (int rank = 0; rank < workers; rank++) {
            float[] values = random(firstSeed + rank, length);
            IntStream.range(0, length).forEach(i -> sum[i] += values[i]);
        }
        float[] mean = new float[length];
        IntStream.range(0, length).forEach(i -> mean[i] = (float) (sum[i] / workers));
        return mean;
    }
}
