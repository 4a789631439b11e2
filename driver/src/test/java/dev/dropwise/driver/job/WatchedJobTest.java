package dev.dropwise.driver.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchedJobTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final AtomicInteger cancelled = new AtomicInteger();
    private final CountDownLatch never = new CountDownLatch(1);
    private final Interruption interruption = new Interruption("nothing is lost");

    @Test
    void shouldReturnWhatTheJobReturnsAndThrowWhatItThrows() {
        assertThat(job().run("asking", LONG, () -> 7)).isEqualTo(7);
        assertThatThrownBy(() -> job().run("asking", LONG, () -> {
                    throw DropwiseException.unavailable("no host");
                }))
                .isInstanceOf(DropwiseException.class)
                .hasMessage("no host");
        assertThat(cancelled).hasValue(0);
    }

    @Test
    void shouldCancelAndSayThatAnExecutorIsStuckWhenTheLimitIsOver() {
        assertThatThrownBy(() -> job().run("asking 2 slots", Duration.ofMillis(80), this::hang))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("asking 2 slots took more than 0 s", "executor")
                .extracting(e -> ((DropwiseException) e).category())
                .isEqualTo(DropwiseException.Category.RETRYABLE);
        assertThat(cancelled).hasValue(1);
    }

    @Test
    void shouldCancelAndEndAsAskedWhenSomebodyAsks() {
        new Thread(() -> interruption.ask(ExitCode.TERMINATED)).start();

        assertThatThrownBy(() -> job().run("asking 2 slots", LONG, this::hang))
                .isInstanceOf(DropwiseException.class)
                .hasMessage("terminated while asking 2 slots; nothing is lost")
                .extracting(e -> ((DropwiseException) e).exitCode())
                .isEqualTo(ExitCode.TERMINATED);
    }

    private Void hang() throws InterruptedException {
        never.await();
        throw new IllegalStateException("nobody counts down");
    }

    private WatchedJob job() {
        return new WatchedJob(interruption, cancelled::incrementAndGet);
    }
}
