package dev.dropwise.worker.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void shouldNameTheDeadlineWhenItIsNotPositive() {
        assertThatThrownBy(() -> Deadlines.standard().withStep(Duration.ZERO))
                .hasMessage("step deadline must be positive: step=PT0S");
    }

    @Test
    void shouldRejectWhenLivenessIsShorterThanAPauseOfAJvm() {
        assertThatThrownBy(() -> new Deadlines(SECOND, SECOND, Duration.ofMillis(999), SECOND))
                .hasMessageContaining("liveness=PT0.999S");
    }

    @Test
    void shouldGiveTheDriverTwiceTheLivenessButAtLeastFourSeconds() {
        assertThat(new Deadlines(SECOND, SECOND, SECOND, SECOND).driver()).isEqualTo(Duration.ofSeconds(4));
        assertThat(new Deadlines(SECOND, SECOND, SECOND.multipliedBy(5), SECOND).driver())
                .isEqualTo(Duration.ofSeconds(10));
    }
}
