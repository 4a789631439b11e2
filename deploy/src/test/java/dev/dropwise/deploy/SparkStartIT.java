package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.process.StandaloneCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application runs two tasks with native code on every kind of Spark that a single machine offers. */
@Timeout(600)
final class SparkStartIT {
    private static final Pattern TASK = Pattern.compile("task=\\d pid=(\\d+) sum=64\\.0 .*");

    @TempDir
    private Path directory;

    @Test
    void shouldUseOneExecutorJvmPerWorkerWhenTheClusterIsEmbedded() {
        try (DropwiseProcess hello =
                DropwiseProcess.dropwise("hello", "--workers", "2").start()) {
            Outcome outcome = hello.await().orFail();

            assertThat(taskPids(outcome)).hasSize(2).doesNotHaveDuplicates().doesNotContain(hello.pid());
            assertThat(driverPid(outcome))
                    .as("the script became the JVM, so signals reach it")
                    .isEqualTo(hello.pid());
            assertThat(hello.alive()).isEmpty();
        }
    }

    @Test
    void shouldUseOneJvmWhenTheMasterIsLocal() {
        Outcome outcome = DropwiseProcess.sparkSubmit("local[2]", "hello").run().orFail();

        assertThat(taskPids(outcome)).hasSize(2).containsOnly(driverPid(outcome));
    }

    @Test
    void shouldShipItsNativeJarsWhenSubmittedToAStandaloneCluster() {
        try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 2)) {
            Outcome outcome = DropwiseProcess.sparkSubmit(cluster.masterUrl(), "hello")
                    .run()
                    .orFail();

            assertThat(taskPids(outcome)).hasSize(2).doesNotHaveDuplicates().doesNotContain(driverPid(outcome));

            List<ProcessHandle> started = cluster.alive();
            assertThat(cluster.stop().orFail().out()).isEmpty();
            assertThat(started).hasSizeGreaterThanOrEqualTo(3).noneMatch(ProcessHandle::isAlive);
        }
    }

    private static List<Long> taskPids(Outcome outcome) {
        return outcome.stdout().stream()
                .map(TASK::matcher)
                .filter(Matcher::matches)
                .map(match -> Long.valueOf(match.group(1)))
                .toList();
    }

    private static long driverPid(Outcome outcome) {
        return outcome.stdout().stream()
                .filter(line -> line.startsWith("driver pid="))
                .map(line -> Long.valueOf(line.substring("driver pid=".length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no driver pid in " + outcome));
    }
}
