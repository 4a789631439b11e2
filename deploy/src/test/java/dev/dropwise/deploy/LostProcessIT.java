package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Leftovers;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.process.Sighting;
import dev.dropwise.deploy.process.Signal;
import dev.dropwise.deploy.run.RunFiles;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGKILL and SIGSTOP in the middle of an epoch, to an executor and to the driver: the run ends as if nothing had happened, and nothing stays behind. */
@Timeout(900)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LostProcessIT {
    private static final int EPOCHS = 3;
    /** A step that takes long enough for a kill to fall between two of them, on any machine. */
    private static final String[] TRAIN = {
        "train",
        "--model",
        "mlp:1024,1024",
        "--train-limit",
        "6000",
        "--epochs",
        Integer.toString(EPOCHS),
        "--batch-size",
        "32",
        "--seed",
        "5"
    };

    private static final double NAMED_WITHIN_SECONDS = 6;
    /** Runnable threads a core, beyond which times say nothing. */
    private static final double BUSY = 2.5;

    private Path directory;
    private RunFiles undisturbed;

    @BeforeAll
    void trainUndisturbed(@TempDir Path temporary) {
        directory = temporary;
        undisturbed = new RunFiles(directory.resolve("undisturbed"));
        train(undisturbed).run().orFail();
        assertThat(undisturbed.parameterDigests()).hasSize(EPOCHS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldEndWithTheUndisturbedDigestWhenAnExecutorIsKilledInMidEpoch(int rank) {
        RunFiles run = new RunFiles(directory.resolve("killed-rank-" + rank));
        Leftovers leftovers = Leftovers.sinceNow();
        try (DropwiseProcess process = train(run).start()) {
            awaitMiddleOfSecondEpoch(run, process);
            long pid = run.workerPids().get(rank);
            long killedNs = Signal.KILL.send(pid);
            Sighting named = process.awaitErr("attempt 1 of \\d+ failed: (.*rank " + rank + " .*)");

            double seconds = (named.seenNs() - killedNs) / 1e9;
            System.out.printf(
                    "killed executor pid=%d rank=%d; named after %.2f s: %s%n", pid, rank, seconds, named.group(1));
            Outcome outcome = process.await().orFail();
            System.out.printf(
                    "killed rank %d: run of %.1f s%n", rank, outcome.took().toMillis() / 1e3);
            assertThat(named.group(1)).contains("127.0.0.1").containsPattern("step[= ]\\d+");
            assertThat(run.document().get("attempts").intValue())
                    .as(outcome::toString)
                    .isEqualTo(2);
            assertThat(run.workerPids()).hasSize(2).doesNotContain(pid);
            assertEndsAsUndisturbed(run);
            leftovers.awaitNone(process);
            assertThat(seconds).isLessThanOrEqualTo(NAMED_WITHIN_SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldReplaceARankAndEndWithTheUndisturbedDigestWhenItsExecutorIsStoppedForGood(int rank) {
        RunFiles run = new RunFiles(directory.resolve("stopped-rank-" + rank));
        Leftovers leftovers = Leftovers.sinceNow();
        try (DropwiseProcess process = train(run).start()) {
            awaitMiddleOfSecondEpoch(run, process);
            long pid = run.workerPids().get(rank);
            long stoppedNs = Signal.STOP.send(pid);
            Sighting named = process.awaitErr("attempt 1 of \\d+ failed: (.*rank " + rank + " .*)");

            double seconds = (named.seenNs() - stoppedNs) / 1e9;
            double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
            System.out.printf(
                    "stopped executor pid=%d rank=%d; named after %.2f s: %s%n", pid, rank, seconds, named.group(1));
            Outcome outcome = process.await().orFail();
            System.out.printf(
                    "stopped rank %d: run of %.1f s%n", rank, outcome.took().toMillis() / 1e3);
            assertThat(run.workerPids()).hasSize(2).doesNotContain(pid);
            assertEndsAsUndisturbed(run);
            leftovers.awaitNone(process);
            if (load < Runtime.getRuntime().availableProcessors() * BUSY) {
                assertThat(seconds).isLessThanOrEqualTo(NAMED_WITHIN_SECONDS);
            }
        }
    }

    @Test
    void shouldGoOnInTheSameAttemptWhenAnExecutorIsStoppedForASecond() {
        RunFiles run = new RunFiles(directory.resolve("stopped-shortly"));
        try (DropwiseProcess process = train(run).start()) {
            awaitMiddleOfSecondEpoch(run, process);
            long pid = run.workerPids().get(1);
            Signal.STOP.send(pid);
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            Signal.CONT.send(pid);
            System.out.printf("stopped executor pid=%d for 1 s%n", pid);
            process.await().orFail();
        }

        assertThat(run.document().get("attempts").intValue()).isEqualTo(1);
        assertEndsAsUndisturbed(run);
    }

    @Test
    void shouldEndWithTheUndisturbedDigestWhenTheDriverIsKilledAndTheRunResumed() {
        RunFiles run = new RunFiles(directory.resolve("killed-driver"));
        Leftovers leftovers = Leftovers.sinceNow();
        try (DropwiseProcess process = train(run).start()) {
            awaitMiddleOfSecondEpoch(run, process);
            long killedNs = System.nanoTime();
            process.kill();
            leftovers.awaitNone(process);
            System.out.printf(
                    "killed driver pid=%d; executors %s gone after %.2f s%n",
                    process.pid(), run.workerPids(), (System.nanoTime() - killedNs) / 1e9);
        }
        assertThat(run.document().get("status").textValue()).isEqualTo("running");
        int done = run.metrics().size();
        assertThat(done).isBetween(1, EPOCHS - 1);

        try (DropwiseProcess resumed = DropwiseProcess.dropwise(
                        "train", "--resume", "--out", run.directory().toString())
                .within(Duration.ofMinutes(5))
                .start()) {
            resumed.await().orFail();

            assertEndsAsUndisturbed(run);
            leftovers.awaitNone(resumed);
        }
    }

    private static DropwiseProcess.Builder train(RunFiles run) {
        return DropwiseProcess.dropwise(TRAIN)
                .with("--out", run.directory().toString())
                .within(Duration.ofMinutes(5));
    }

    /** Half an epoch after the first one was reported, as long as that one took. */
    private static void awaitMiddleOfSecondEpoch(RunFiles run, DropwiseProcess process) {
        process.awaitUntil("the first epoch is done", () -> !run.metrics().isEmpty());
        JsonNode seconds = run.metrics().get(0).get("seconds");
        double epoch = seconds.get("compute").doubleValue()
                + seconds.get("exchange").doubleValue()
                + seconds.get("wait").doubleValue();
        LockSupport.parkNanos((long) (epoch / 2 * 1e9));
        assertThat(run.metrics()).as("still in the second epoch").hasSize(1);
    }

    private void assertEndsAsUndisturbed(RunFiles run) {
        assertThat(run.document().get("status").textValue()).isEqualTo("succeeded");
        assertThat(run.metrics().stream().map(line -> line.get("epoch").intValue()))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, EPOCHS).boxed().toList());
        assertThat(run.parameterDigests()).isEqualTo(undisturbed.parameterDigests());
        assertThat(run.maskDigests()).hasSize(2).doesNotHaveDuplicates();
        for (String score : List.of("testAccuracy", "testLoss", "validationAccuracy", "bestEpoch")) {
            assertThat(run.document().at("/result/" + score))
                    .as(score)
                    .isEqualTo(undisturbed.document().at("/result/" + score));
        }
    }
}
