package dev.dropwise.worker.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairRoundsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 16, 17})
    void shouldLetEveryPairMeetExactlyOnceWhenAllRoundsAreOver(int worldSize) {
        PairRounds rounds = new PairRounds(worldSize);
        Set<String> met = new HashSet<>();
        for (int round = 0; round < rounds.count(); round++) {
            for (int rank = 0; rank < worldSize; rank++) {
                int other = rounds.opponent(rank, round);
                if (other >= 0) {
                    assertThat(rounds.opponent(other, round)).isEqualTo(rank).isNotEqualTo(other);
                    if (rank < other) {
                        assertThat(met.add(rank + "-" + other)).isTrue();
                    }
                }
            }
        }

        assertThat(met).hasSize(worldSize * (worldSize - 1) / 2);
    }

    @Test
    void shouldLetOneSitOutInEachRoundWhenRanksAreOdd() {
        PairRounds rounds = new PairRounds(3);

        assertThat(rounds.count()).isEqualTo(3);
        for (int each = 0; each < 3; each++) {
            int round = each;
            assertThat(IntStream.range(0, 3).filter(rank -> rounds.opponent(rank, round) < 0))
                    .hasSize(1);
        }
    }
}
