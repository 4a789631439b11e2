package dev.dropwise.deploy.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** What a job must not leave behind once it has ended: processes, hence ports, and files in memory. */
public final class Leftovers {
    private static final Duration GONE_WITHIN = Duration.ofSeconds(30);

    private final SharedMemory memory = SharedMemory.now();

    private Leftovers() {}

    /** Remembers what was there before the job. */
    public static Leftovers sinceNow() {
        return new Leftovers();
    }

    /** Fails when, half a minute from now, a process of {@code job} lives still, or a media driver's directory, a token or a chunk is left. */
    public void awaitNone(DropwiseProcess job) {
        await().atMost(GONE_WITHIN).untilAsserted(() -> {
            assertThat(job.alive()).isEmpty();
            assertThat(memory.leftBehind()).isEmpty();
        });
    }
}
