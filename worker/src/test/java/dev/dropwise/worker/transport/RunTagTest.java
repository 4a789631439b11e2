package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunTagTest {
    @Test
    void shouldGiveEveryStreamOfEveryAttemptASessionOfItsOwn() {
        Set<Integer> sessions = new HashSet<>();
        for (int attempt = 1; attempt <= 5; attempt++) {
            RunTag tag = RunTag.of("run", attempt, "nonce" + attempt);
            for (int from = 0; from < 8; from++) {
                for (int to = 0; to < 8; to++) {
                    sessions.add(tag.sessionId(from, to, Lane.DATA));
                    sessions.add(tag.sessionId(from, to, Lane.CONTROL));
                }
            }
        }
        assertThat(sessions).hasSize(5 * 8 * 8 * 2);
    }

    @Test
    void shouldDependOnRunAndNonceAndOnNothingElse() {
        assertThat(RunTag.of("a", 1, "bc")).isEqualTo(RunTag.of("a", 1, "bc")).isNotEqualTo(RunTag.of("ab", 1, "c"));
        assertThat(RunTag.of("a", 1, "b").run())
                .isEqualTo(RunTag.of("a", 2, "b").run());
    }
}
