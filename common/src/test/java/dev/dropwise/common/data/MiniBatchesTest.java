package dev.dropwise.common.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MiniBatchesTest {
    @ParameterizedTest
    @CsvSource({"60000, 2, 128", "60000, 4, 64", "101, 4, 7", "9, 4, 2", "8, 4, 1", "10, 3, 1000"})
    void shouldGiveEveryShardTheSameStepsAndNoEmptyMiniBatch(int train, int shards, int batchSize) {
        ShardPlan plan = plan(train, shards);
        int steps = (int) Math.ceil((double) plan.largestShard() / batchSize);
        for (int s = 0; s < shards; s++) {
            MiniBatches batches = MiniBatches.of(plan, s, batchSize, 1);

            assertThat(batches.steps()).isEqualTo(steps);
            assertThat(batches.start(0)).isZero();
            assertThat(batches.start(steps)).isEqualTo(batches.size()).isEqualTo(plan.trainingCount(s));
            int least = batches.size() / steps;
            int most = least + (batches.size() % steps == 0 ? 0 : 1);
            assertThat(batches.largestCount()).isEqualTo(most).isLessThanOrEqualTo(batchSize);
            for (int t = 0; t < steps; t++) {
                assertThat(batches.count(t)).isBetween(Math.max(1, least), most);
                assertThat(batches.start(t + 1)).isEqualTo(batches.start(t) + batches.count(t));
            }
        }
    }

    @Test
    void shouldShuffleByShardAndEpochWhenAsked() {
        ShardPlan plan = plan(100, 2);
        MiniBatches first = MiniBatches.of(plan, 0, 8, 7);
        MiniBatches second = MiniBatches.of(plan, 1, 8, 7);

        assertThat(first.order(3))
                .isEqualTo(StreamKey.of(7, Purpose.SHUFFLE).with(0).with(3).permutation(50))
                .containsExactlyInAnyOrder(IntStream.range(0, 50).boxed().toArray(Integer[]::new))
                .isNotEqualTo(first.order(4))
                .isNotEqualTo(second.order(3))
                .isEqualTo(MiniBatches.of(plan, 0, 8, 7).order(3));
    }

    @Test
    void shouldRefuseOnEveryShardWhenOneWouldHaveAnEmptyMiniBatch() {
        ShardPlan plan = plan(5, 2);

        for (int s = 0; s < 2; s++) {
            int shard = s;
            assertThatThrownBy(() -> MiniBatches.of(plan, shard, 1, 1))
                    .isInstanceOf(DropwiseException.class)
                    .hasMessageContaining("batch-size 1 needs 3 mini-batches an epoch, but the smallest shard holds 2");
        }
        assertThatThrownBy(() -> MiniBatches.of(plan, 0, 0, 1)).hasMessageContaining("at least 1, found 0");
    }

    private static ShardPlan plan(int train, int shards) {
        return ShardPlan.of(new DataConfig("digits", "", Holdout.parse("0"), 0), train, 10, shards, 1);
    }
}
