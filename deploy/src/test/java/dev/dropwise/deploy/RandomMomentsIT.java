package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.deploy.fault.Fault;
import dev.dropwise.deploy.fault.Moment;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Leftovers;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.run.RunFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault at moments drawn from a seed, also while the job starts and ends: the run ends as if nothing had happened, and nothing
 * stays behind. {@code deploy/bench/faults} strikes more often than a build has time for.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RandomMomentsIT {
    /** Moments of each fault. */
    private static final int MOMENTS = Integer.getInteger("dropwise.moments", 1);

    private static final long SEED = Long.getLong("dropwise.moments.seed", 20_261_120);

    /** All, unless one is named. */
    private static final List<Fault> FAULTS = Optional.ofNullable(System.getProperty("dropwise.moments.fault"))
            .map(name -> List.of(Fault.valueOf(name)))
            .orElse(List.of(Fault.values()));

    private static final String[] TRAIN = {
        "train", "--model", "mlp:512", "--train-limit", "6000", "--epochs", "5", "--batch-size", "16", "--seed", "11"
    };
    private static final int MOST_ATTEMPTS = 4;
    private static final String ATTEMPT_FAILED = "attempt \\d+ of \\d+ failed: .*";

    private Path directory;
    private RunFiles undisturbed;
    private Moment.Phases usual;

    @BeforeAll
    void trainUndisturbed(@TempDir Path temporary) {
        directory = temporary;
        undisturbed = new RunFiles(directory.resolve("undisturbed"));
        long startNs = System.nanoTime();
        try (DropwiseProcess process = train(undisturbed).start()) {
            process.awaitUntil(
                    "the workers have met", () -> !undisturbed.workerPids().isEmpty());
            long metNs = System.nanoTime();
            process.await().orFail();
            usual = new Moment.Phases(Duration.ofNanos(metNs - startNs), Duration.ofNanos(System.nanoTime() - metNs));
        }
        System.out.printf("seed %d; undisturbed: %s%n", SEED, usual);
    }

    static Stream<Strike> strikes() {
        return FAULTS.stream()
                .flatMap(fault -> IntStream.range(0, MOMENTS).mapToObj(number -> new Strike(fault, number)));
    }

    /** A fault, for the {@code number}th time. */
    private record Strike(Fault fault, int number) {
        SplittableRandom random() {
            return new SplittableRandom(Objects.hash(SEED, fault.name(), number));
        }

        @Override
        public String toString() {
            return fault + "-" + number;
        }
    }

    @ParameterizedTest
    @MethodSource("strikes")
    void shouldEndAsUndisturbedWheneverItIsStruck(Strike strike) {
        SplittableRandom random = strike.random();
        Moment moment = Moment.draw(random);
        // A machine that was busy before and is not now ends a job before its moment: that proves nothing.
        for (int attempt = 0; !struck(strike, moment, attempt, random); attempt++) {
            assertThat(attempt)
                    .as("jobs that had ended before they were struck")
                    .isLessThan(MOST_ATTEMPTS);
            moment = moment.earlier();
        }
    }

    private boolean struck(Strike strike, Moment moment, int attempt, SplittableRandom random) {
        RunFiles run = new RunFiles(directory.resolve(strike + "." + attempt));
        Leftovers leftovers = Leftovers.sinceNow();
        try (DropwiseProcess process = train(run).start()) {
            moment.await(process, run, usual);
            boolean met = !run.workerPids().isEmpty();
            String before = met ? "after epoch " + run.metrics().size() : "before the workers met";
            Optional<Fault.Struck> struck = strike.fault().strike(process, run.workerPids(), random);
            Outcome outcome = process.await();
            if (struck.isEmpty()) {
                outcome.orFail();
                return false;
            }
            report(strike, struck.get(), before, process);
            if (strike.fault() == Fault.DRIVER_KILLED || (!met && saysThatSlotsAreMissing(outcome))) {
                leftovers.awaitNone(process);
                trainOn(run);
            } else {
                outcome.orFail();
            }
            assertAsUndisturbed(run);
            leftovers.awaitNone(process);
            return true;
        }
    }

    /** An executor that is stopped before it has come to the driver is one that is not there: after 10 s the job says so and ends. */
    private static boolean saysThatSlotsAreMissing(Outcome outcome) {
        return outcome.exitStatus() == 69 && outcome.err().contains("the job needs 2 slots at once");
    }

    private static void report(Strike strike, Fault.Struck struck, String before, DropwiseProcess process) {
        String named = process.sightedErr(ATTEMPT_FAILED)
                .map(sighting -> "named after %.2f s: %s"
                        .formatted((sighting.seenNs() - struck.atNs()) / 1e9, sighting.group(0)))
                .orElse("no attempt failed");
        System.out.printf("%s pid=%d %s; %s%n", strike, struck.pid(), before, named);
    }

    /** What a user does next: the run goes on if it began, and begins otherwise. */
    private static void trainOn(RunFiles run) {
        boolean began = run.document().path("attempts").asInt() > 0;
        DropwiseProcess.Builder again = began
                ? DropwiseProcess.dropwise(
                                "train", "--resume", "--out", run.directory().toString())
                        .within(Duration.ofMinutes(4))
                : train(run);
        again.run().orFail();
    }

    private static DropwiseProcess.Builder train(RunFiles run) {
        return DropwiseProcess.dropwise(TRAIN)
                .with("--out", run.directory().toString())
                .within(Duration.ofMinutes(4));
    }

    private void assertAsUndisturbed(RunFiles run) {
        assertThat(run.document().get("status").textValue()).isEqualTo("succeeded");
        assertThat(run.parameterDigests()).isEqualTo(undisturbed.parameterDigests());
        assertThat(run.document().at("/result/testLoss"))
                .isEqualTo(undisturbed.document().at("/result/testLoss"));
    }
}
