package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.batch.NativeFloats;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.trace.Timeline;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Oracle: an all-reduce, and then the whole update on every rank. */
@Timeout(60)
class ShardedUpdateTest {
    private static final int STEPS = 3;
    private static final int SAMPLES = 103;

    static Stream<Recipe> recipes() {
        return Stream.of(
                Recipe.small(),
                Recipe.small().updater(Recipe.NESTEROVS),
                Recipe.small().sgd(0.1),
                Recipe.small().model("mlp:24,16+bn"),
                Recipe.small().model("mlp:24,16").regularisation(0, 0, 0.5));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void shouldGiveTheBitsOfAnUpdateOnEveryRankWhenItIsSharded(Recipe recipe) {
        for (int workers : new int[] {2, 3, 4, 5}) {
            List<Boolean> same = RankThreads.all(workers, collectives -> {
                // given
                Replica expected = replica(recipe);
                Replica found = replica(recipe);
                ShardedUpdate sharded =
                        ShardedUpdate.of(found, collectives, Timeline.off()).orElseThrow();
                for (int step = 0; step < STEPS; step++) {
                    float[] gradient = random(collectives.roster().rank() + 10L * step, found.gradient());

                    // when
                    NativeFloats.set(expected.gradient(), gradient);
                    collectives.allReduce(Replica.memory(expected.gradient()), gradient.length, step);
                    expected.update(SAMPLES, step, 0);
                    NativeFloats.set(found.gradient(), gradient);
                    sharded.start(SAMPLES, step, 0, step);
                    sharded.finished(expected.layerStarts()[expected.layerStarts().length - 1]);
                    sharded.finish(step, 0, step);

                    // then
                    assertThat(NativeFloats.copyOf(found.parameters()))
                            .isEqualTo(NativeFloats.copyOf(expected.parameters()));
                }
                sharded.gatherState(STEPS);
                assertThat(found.updaterDigest()).isEqualTo(expected.updaterDigest());
                assertThat(found.parameterDigest()).isEqualTo(expected.parameterDigest());
                return true;
            });
            assertThat(same).hasSize(workers);
        }
    }

    @Test
    void shouldLeaveTheStateOfOthersBehindUntilItIsGathered() {
        RankThreads.all(2, collectives -> {
            Replica replica = replica(Recipe.small().updater(Recipe.NESTEROVS));
            INDArray velocity = replica.updaterState().orElseThrow();
            ShardedUpdate sharded =
                    ShardedUpdate.of(replica, collectives, Timeline.off()).orElseThrow();

            NativeFloats.set(replica.gradient(), random(1, replica.gradient()));
            sharded.start(SAMPLES, 0, 0, 0);
            sharded.finish(0, 0, 0);
            boolean own = collectives.roster().rank() == 0;
            boolean firstBefore = velocity.getFloat(0) != 0;
            boolean lastBefore = velocity.getFloat(velocity.length() - 1) != 0;
            sharded.gatherState(1);

            assertThat(firstBefore).isEqualTo(own);
            assertThat(lastBefore).isEqualTo(!own);
            assertThat(velocity.getFloat(0)).isNotZero();
            assertThat(velocity.getFloat(velocity.length() - 1)).isNotZero();
            return own;
        });
    }

    @Test
    void shouldNotShardWhenThereIsOneRankOrAPenalty() {
        List<Boolean> alone = RankThreads.all(1, collectives -> isSharded(Recipe.small(), collectives));
        List<Boolean> penalised =
                RankThreads.all(2, collectives -> isSharded(Recipe.small().regularisation(0, 1e-4, 0), collectives));

        assertThat(alone).containsExactly(false);
        assertThat(penalised).containsExactly(false, false);
    }

    private static boolean isSharded(Recipe recipe, Collectives collectives) {
        return ShardedUpdate.of(replica(recipe), collectives, Timeline.off()).isPresent();
    }

    private static Replica replica(Recipe recipe) {
        return LocalModel.load(recipe.config(), new MaskContext(1), new Configuration())
                .replica();
    }

    /** As many values as {@code like} has, none of them zero. */
    private static float[] random(long seed, INDArray like) {
        Random random = new Random(seed);
        float[] values = new float[(int) like.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (0.1f + random.nextFloat()) * (random.nextBoolean() ? 10 : -10);
        }
        return values;
    }
}
