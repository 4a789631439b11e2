package dev.dropwise.common.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.ExchangeMode;
import dev.dropwise.common.config.ScheduleConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositionTest {
    @ParameterizedTest(name = "epoch {0}, best {1}, patience {2}: {3}")
    @CsvSource({
        "9, 9, 0, false",
        "10, 1, 0, true",
        "11, 1, 0, true",
        "5, 3, 2, true",
        "5, 4, 2, false",
        "5, 0, 2, false",
        "0, 0, 2, false"
    })
    void shouldBeTheEndAfterTheLastEpochOrWhenPatienceIsOver(int epoch, int best, int patience, boolean expected) {
        ScheduleConfig schedule = new ScheduleConfig(10, 64, 2, patience, ExchangeMode.GRADIENTS);

        assertThat(new Position(epoch, epoch * 7L, best, 0.5, 1).isEndOf(schedule))
                .isEqualTo(expected);
    }
}
