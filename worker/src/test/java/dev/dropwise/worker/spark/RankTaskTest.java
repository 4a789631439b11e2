package dev.dropwise.worker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.membership.PeerLostException;
import dev.dropwise.worker.training.RankThreads;
import dev.dropwise.worker.training.RankThreads.Ended;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class RankTaskTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(DropwiseException.configuration("training has diverged"), "training has diverged"),
                Arguments.of(new IllegalStateException(), "java.lang.IllegalStateException"),
                // As one of the heap would be, but without a message of its own to look for.
                Arguments.of(new StackOverflowError("planted"), "java.lang.StackOverflowError: planted"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldTellTheOthersWhyWhenARankFailsInAnyWay(Throwable planted, String reason) {
        List<Ended<Integer>> ends = RankThreads.run(
                3,
                collectives -> RankTask.orAbort(collectives, () -> {
                    if (collectives.roster().rank() == 1) {
                        throw RankTaskTest.<RuntimeException>unchecked(planted);
                    }
                    return collectives.allGather(new byte[1], 5).size();
                }));

        assertThat(ends.get(1).failure()).isSameAs(planted);
        for (int rank : new int[] {0, 2}) {
            assertThat(ends.get(rank).failure())
                    .isInstanceOfSatisfying(
                            PeerLostException.class,
                            e -> assertThat(e.lostRank()).isEqualTo(1))
                    .hasMessageContaining("rank 1 (host1 pid 101) gave up: " + reason);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"
    }) // Errors and exceptions by one way; the caller's throw gives it its type back.
    private static <E extends Throwable> E unchecked(Throwable planted) throws E {
        throw (E) planted;
    }
}
