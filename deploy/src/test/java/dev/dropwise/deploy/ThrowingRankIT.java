package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.deploy.fault.Debugger;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Leftovers;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.process.Sighting;
import dev.dropwise.deploy.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One rank throws in the middle of an epoch: the run ends at once, says which one and what, and nothing stays behind. */
@Timeout(300)
final class ThrowingRankIT {
    private static final double NAMED_WITHIN_SECONDS = 6;
    private static final String MESSAGE = "thrown in mid-epoch";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldNameTheRankAndLeaveNothingBehindWhenItThrowsInMidEpoch(int rank) throws IOException {
        RunFiles run = new RunFiles(directory.resolve("run"));
        Leftovers leftovers = Leftovers.sinceNow();
        try (Debugger debugger = Debugger.listening();
                DropwiseProcess process = train(run, debugger).start()) {
            debugger.accept(2);
            process.awaitUntil("the first epoch is done", () -> !run.metrics().isEmpty());
            long thrownNs = debugger.letThrow(rank, 20, MESSAGE);
            Sighting named = process.awaitErr("attempt 1 of \\d+ failed: (.*)");
            Outcome outcome = process.await();

            double seconds = (named.seenNs() - thrownNs) / 1e9;
            System.out.printf("rank %d threw; named after %.2f s: %s%n", rank, seconds, named.group(1));
            String expected =
                    "rank " + rank + " (127.0.0.1): " + IllegalStateException.class.getName() + ": " + MESSAGE;
            assertThat(named.group(1)).startsWith(expected);
            assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(70);
            // The other one need not find out by waiting.
            assertThat(outcome.err())
                    .containsPattern("rank " + (1 - rank) + " .*gave up: .*rank " + rank + " .*" + MESSAGE);
            assertFailed(run, expected);
            leftovers.awaitNone(process);
            assertThat(seconds).isLessThanOrEqualTo(NAMED_WITHIN_SECONDS);
        }
    }

    private static void assertFailed(RunFiles run, String error) {
        assertThat(run.document().get("status").textValue()).isEqualTo("failed");
        assertThat(run.document().get("exitCode").intValue()).isEqualTo(70);
        assertThat(run.document().get("error").textValue()).startsWith(error);
        assertThat(run.document().get("attempts").intValue()).isEqualTo(1);
        assertThat(run.metrics()).as("it threw in the second epoch").hasSize(1);
        assertThat(run.contents().keySet())
                .contains("checkpoints/epoch-00001.state", "report.html")
                .doesNotContain("model.zip")
                .noneMatch(name -> name.endsWith(".new"));
    }

    private DropwiseProcess.Builder train(RunFiles run, Debugger debugger) throws IOException {
        Path conf = Files.createDirectory(directory.resolve("conf"));
        Files.writeString(
                conf.resolve("spark-defaults.conf"), "spark.executor.extraJavaOptions " + debugger.jvmOption() + "\n");
        return DropwiseProcess.dropwise("train", "--out", run.directory().toString())
                .with("--model", "mlp:1024,1024", "--train-limit", "6000", "--batch-size", "32")
                .with("--epochs", "3", "--seed", "5")
                .environment("SPARK_CONF_DIR", conf.toString())
                .within(Duration.ofMinutes(4));
    }
}
