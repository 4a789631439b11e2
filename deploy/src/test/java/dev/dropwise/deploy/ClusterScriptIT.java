package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dropwise.deploy.process.Checkout;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.process.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/bin/cluster} starts, reports and ends real daemons, and only its own. */
@Timeout(600)
final class ClusterScriptIT {
    @TempDir
    private Path directory;

    @Test
    void shouldEndExactlyItsOwnProcessesWhenStoppedAndStayStopped() throws IOException {
        try (StandaloneCluster other = StandaloneCluster.start(directory.resolve("other"), 1);
                StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("the cluster"), 1)) {
            assertThat(cluster.masterUrl())
                    .matches("spark://127\\.0\\.0\\.1:\\d+")
                    .isNotEqualTo(other.masterUrl());
            assertThat(cluster.status().orFail().stdout()).hasSize(3).contains(cluster.masterUrl());
            assertThat(cluster.alive()).hasSize(2);

            cluster.stop().orFail();

            assertThat(cluster.alive()).isEmpty();
            assertThat(cluster.status().exitStatus()).isEqualTo(3);
            assertThat(cluster.stop().orFail().out()).isEmpty();
            assertThat(other.status().orFail().stdout()).contains(other.masterUrl());
        }
    }

    @Test
    void shouldSayWhichProcessIsGoneAndStillStopWhenOneWasKilled() {
        try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 1)) {
            long worker = Long.parseLong(cluster.status().out().replaceFirst("(?s).*worker-1 pid=(\\d+).*", "$1"));
            assertThat(ProcessHandle.of(worker).orElseThrow().destroyForcibly()).isTrue();

            await().atMost(Duration.ofSeconds(10)).until(() -> cluster.status().exitStatus() == 3);
            assertThat(cluster.status().out()).contains("worker-1 pid=" + worker + " gone");
            cluster.stop().orFail();
            assertThat(cluster.alive()).isEmpty();
        }
    }

    @Test
    void shouldRefuseToStartTwiceWhenRunning() {
        try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 1)) {
            Outcome second = script("start", "1").run();

            assertThat(second.exitStatus()).isEqualTo(75);
            assertThat(second.err()).contains("already running at " + cluster.masterUrl());
            assertThat(cluster.alive()).hasSize(2);
        }
    }

    @Test
    void shouldShowTheLogAndLeaveNothingWhenAWorkerCannotStart() {
        try (DropwiseProcess start =
                script("start", "1", "--memory", "nonsense").start()) {
            Outcome outcome = start.await();

            assertThat(outcome.exitStatus()).isEqualTo(69);
            assertThat(outcome.err()).contains("worker 1 did not register", "worker-1.log");
            assertThat(start.alive()).isEmpty();
        }
    }

    @Test
    void shouldNotTouchAStrangerWhenAPidWasReused() throws IOException {
        Path state = Files.createDirectories(directory.resolve("cluster"));
        try (DropwiseProcess stranger = DropwiseProcess.program("sleep", "60")
                .within(Duration.ofMinutes(1))
                .start()) {
            Files.writeString(state.resolve("master.pid"), stranger.pid() + " 1\n");

            script("stop").run().orFail();

            assertThat(stranger.alive()).hasSize(1);
            assertThat(state.resolve("master.pid")).doesNotExist();
        }
    }

    private DropwiseProcess.Builder script(String... words) {
        return DropwiseProcess.program(Checkout.script("cluster").toString())
                .with(words)
                .environment(
                        "DROPWISE_CLUSTER_DIR", directory.resolve("cluster").toString())
                .within(Duration.ofMinutes(2));
    }
}
