package dev.dropwise.common.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardPlanTest {
    @ParameterizedTest
    @CsvSource({
        "60000, 10000, 5000, 0, 4",
        "60000, 10000, 0.1, 1000, 3",
        "107, 13, 7, 0, 8",
        "12, 1, 0, 11, 11",
        "9, 4, 0.5, 0, 2"
    })
    void shouldUseEveryExampleOnceWhenCutIntoShards(int train, int test, String validation, int limit, int shards) {
        ShardPlan plan = plan(validation, limit, train, test, shards);

        Set<Integer> seen = new HashSet<>();
        int pool = plan.trainingCount() + plan.validationCount();
        for (int s = 0; s < shards; s++) {
            for (int[] block : new int[][] {plan.training(s), plan.validation(s)}) {
                assertThat(block).isSorted();
                Arrays.stream(block).forEach(i -> assertThat(seen.add(i)).isTrue());
            }
            assertThat(plan.training(s)).hasSize(plan.trainingCount(s));
            assertThat(plan.trainingCount(s)).isBetween(plan.trainingCount() / shards, plan.largestShard());
            assertThat(plan.validation(s).length - plan.validationCount() / shards)
                    .isBetween(0, 1);
        }
        assertThat(seen).hasSize(pool).allMatch(i -> i >= 0 && i < pool);
        assertThat(IntStream.range(0, shards).flatMap(s -> Arrays.stream(plan.test(s))))
                .containsExactlyElementsOf(IntStream.range(0, test).boxed().toList());
        if (limit > 0) {
            assertThat(plan.trainingCount()).isEqualTo(limit);
        }
    }

    @Test
    void shouldHoldOutTheFirstOfTheSplitStreamWhenValidationIsACount() {
        ShardPlan plan = plan("3", 0, 20, 5, 1);

        int[] expected = Arrays.copyOf(StreamKey.of(42, Purpose.SPLIT).permutation(20), 3);
        assertThat(plan.validation(0))
                .containsExactlyInAnyOrder(Arrays.stream(expected).boxed().toArray(Integer[]::new));
        assertThat(plan.trainingCount()).isEqualTo(17);
    }

    @Test
    void shouldTakeAPrefixOfThePublishedOrderWhenLimited() {
        ShardPlan plan = plan("5", 10, 1000, 5, 2);

        assertThat(plan.trainingCount()).isEqualTo(10);
        assertThat(plan.validationCount()).isEqualTo(5);
        assertThat(IntStream.range(0, 2).flatMap(s -> Arrays.stream(plan.training(s))))
                .allMatch(i -> i < 15);
    }

    @Test
    void shouldCutThePermutationOfTheWholeSetWhenSampled() {
        ShardPlan plan = ShardPlan.of(config("5", 10).sampled(true), 1000, 5, 2, 42);

        int[] order = StreamKey.of(42, Purpose.SPLIT).permutation(1000);
        assertThat(IntStream.range(0, 2).flatMap(s -> Arrays.stream(plan.validation(s))))
                .containsExactlyElementsOf(sorted(order, 0, 5));
        assertThat(IntStream.range(0, 2).flatMap(s -> Arrays.stream(plan.training(s))))
                .containsExactlyElementsOf(sorted(order, 5, 15));
    }

    @Test
    void shouldPlanAsEverWhenSampledWithoutALimit() {
        ShardPlan sampled = ShardPlan.of(config("100", 0).sampled(true), 1000, 5, 4, 42);

        assertThat(sampled.training(2)).isEqualTo(plan("100", 0, 1000, 5, 4).training(2));
        assertThat(sampled.validation(2)).isEqualTo(plan("100", 0, 1000, 5, 4).validation(2));
    }

    private static List<Integer> sorted(int[] order, int from, int to) {
        return Arrays.stream(order, from, to).sorted().boxed().toList();
    }

    @Test
    void shouldTakeTheSmallestPoolThatLeavesTheLimitWhenValidationIsAFraction() {
        for (int limit = 1; limit <= 400; limit++) {
            for (String fraction : new String[] {"0.1", "0.25", "0.333", "0.5", "0.9"}) {
                ShardPlan plan = plan(fraction, limit, 5000, 5, 1);
                int pool = plan.trainingCount() + plan.validationCount();
                assertThat(plan.trainingCount()).isEqualTo(limit);
                assertThat(plan.validationCount()).isEqualTo((int) Math.round(pool * Double.parseDouble(fraction)));
                int before = (pool - 1) - (int) Math.round((pool - 1) * Double.parseDouble(fraction));
                assertThat(before).isLessThan(limit);
            }
        }
    }

    @Test
    void shouldDependOnTheSeedAloneWhenPlannedAgain() {
        assertThat(plan("100", 0, 1000, 5, 4).validation(2))
                .isEqualTo(plan("100", 0, 1000, 5, 4).validation(2));
        assertThat(ShardPlan.of(config("100", 0), 1000, 5, 4, 43).validation(2))
                .isNotEqualTo(plan("100", 0, 1000, 5, 4).validation(2));
    }

    @Test
    void shouldNameBothValuesWhenThereAreTooFewExamples() {
        assertConfiguration(
                () -> plan("5000", 60_000, 60_000, 5, 2), "train-limit=60000", "need=65000", "training set=60000");
        assertConfiguration(() -> plan("0.5", 40_000, 60_000, 5, 2), "train-limit=40000", "training set=60000");
        assertConfiguration(() -> plan("101", 0, 100, 5, 2), "validation=101", "training set=100");
        assertConfiguration(() -> plan("97", 0, 100, 5, 4), "training=3", "shards=4");
        assertConfiguration(() -> plan("0", 0, 100, 5, 0), "shards must be at least 1, found 0");
    }

    @Test
    void shouldGiveEachRankAContiguousBlockWhenShardsAreOwned() {
        ShardPlan plan = plan("0", 0, 100, 5, 4);

        assertThat(plan.shardsOf(0, 1)).isEqualTo(new ShardBlock(0, 4));
        assertThat(plan.shardsOf(1, 2)).isEqualTo(new ShardBlock(2, 2));
        assertThat(plan.shardsOf(3, 4)).isEqualTo(new ShardBlock(3, 1));
        int next = 0;
        for (int rank = 0; rank < 3; rank++) {
            ShardBlock block = plan.shardsOf(rank, 3);
            assertThat(block.first()).isEqualTo(next);
            assertThat(block.count()).isBetween(1, 2);
            next = block.end();
        }
        assertThat(next).isEqualTo(4);
        assertConfiguration(() -> plan.shardsOf(0, 5), "shards=4 workers=5");
    }

    private static void assertConfiguration(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContainingAll(parts);
    }

    private static ShardPlan plan(String validation, int limit, int train, int test, int shards) {
        return ShardPlan.of(config(validation, limit), train, test, shards, 42);
    }

    private static DataConfig config(String validation, int limit) {
        return new DataConfig("digits", "", Holdout.parse(validation), limit);
    }
}
