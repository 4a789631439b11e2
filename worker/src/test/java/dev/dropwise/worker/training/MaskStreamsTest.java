package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.dropout.MaskKeying;
import dev.dropwise.common.failure.DropwiseException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MaskStreamsTest {
    private static final Recipe RECIPE = Recipe.small().model("mlp:32,24");
    private static final MaskKeying RIGHT = MaskKeying.of(Recipe.SEED);

    @TempDir
    private Path out;

    @Test
    void shouldDifferBetweenShardsAndRepeatWhenARunIsRepeated() {
        Trained first = InProcessRun.of(RECIPE, out.resolve("first")).train(2);
        Trained second = InProcessRun.of(RECIPE, out.resolve("second")).train(2);

        assertThat(first.maskDigests()).hasSize(4).doesNotHaveDuplicates().allMatch(digest -> digest.length() == 64);
        assertThat(second.maskDigests()).isEqualTo(first.maskDigests());
    }

    @Test
    void shouldRepeatWhenAnAttemptStartsFromTheSameCheckpointAgain() {
        // given
        InProcessRun.of(RECIPE.epochs(1), out).train(2);

        // when
        Trained second = InProcessRun.of(RECIPE.epochs(2), out).resume(2);
        Trained third = InProcessRun.of(RECIPE.epochs(3), out).resume(2);
        Trained secondAgain =
                InProcessRun.of(RECIPE.epochs(2), copyOfFirstEpoch()).resume(1);

        // then: an audit records the first steps of its attempt, which are another epoch's in each
        assertThat(third.maskDigests()).hasSize(4).doesNotContainAnyElementsOf(second.maskDigests());
        assertThat(secondAgain.maskDigests()).isEqualTo(second.maskDigests());
    }

    private Path copyOfFirstEpoch() {
        Path copy = out.resolve("copy");
        InProcessRun.of(RECIPE.epochs(1), copy).train(4);
        return copy;
    }

    @Test
    void shouldFailOnAllRanksAndNameBothShardsWhenTheyShareASeed() {
        MaskKeying shardForgotten = (shard, site, epoch, step) -> RIGHT.key(0, site, epoch, step);

        assertThatAuditFails(shardForgotten, "(shard 0 site 1 step 0) and (shard 1 site 1 step 0) are equal");
    }

    @Test
    void shouldNameTheTwoShardsWhenOnlyTheyShareASeed() {
        // Shards 1 and 2 are on different ranks.
        MaskKeying twoAlike = (shard, site, epoch, step) -> RIGHT.key(shard == 2 ? 1 : shard, site, epoch, step);

        assertThatAuditFails(twoAlike, "(shard 1 site 1 step 0) and (shard 2 site 1 step 0) are equal");
    }

    @Test
    void shouldNameBothSitesWhenTwoLayersShareAStream() {
        MaskKeying siteForgotten = (shard, site, epoch, step) -> RIGHT.key(shard, 1, epoch, step);

        // Of 32 and 24 units: not equal as a whole, but in every element that both have.
        assertThatAuditFails(siteForgotten, "(shard 0 site 1 step 0) and (shard 0 site 2 step 0) agree in a fraction");
    }

    @Test
    void shouldNameBothStepsWhenTheStreamsStandStill() {
        MaskKeying stepForgotten = (shard, site, epoch, step) -> RIGHT.key(shard, site, epoch, 0);

        assertThatAuditFails(stepForgotten, "(shard 0 site 1 step 0) and (shard 0 site 1 step 1) are equal");
    }

    private void assertThatAuditFails(MaskKeying planted, String message) {
        List<Throwable> failures = InProcessRun.of(RECIPE, out).keyedBy(planted).fail(2);

        assertThat(failures)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(
                                DropwiseException.class,
                                e -> assertThat(e.category()).isEqualTo(DropwiseException.Category.FATAL))
                        .hasMessageStartingWith("mask audit: the masks of " + message));
        assertThat(out.resolve("model.zip")).doesNotExist();
    }
}
