package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.PeakMemory;
import dev.dropwise.deploy.run.RunFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cheap parts of {@code deploy/bench/accuracy}: one seed, fewer epochs. Thresholds come from PyTorch's data-parallel training on
 * the same work (lenet 97.9 % after one epoch, mlp:500 96.6 % after three), less the spread over seeds.
 */
@Timeout(900)
final class TrainOnMnistIT {
    private static final double LENET_AFTER_ONE_EPOCH = 0.974;
    private static final double MLP_AFTER_THREE_EPOCHS = 0.962;
    private static final long RESIDENT_LIMIT_BYTES = 2_000_000_000;

    @TempDir
    private Path directory;

    @Test
    void shouldReachPyTorchsAccuracyBelowTwoGigabytesWhenLenetTrainsForOneEpoch() {
        RunFiles run = new RunFiles(directory.resolve("lenet"));
        try (DropwiseProcess process = train(run, "--model", "lenet", "--batch-size", "64", "--epochs", "1")
                .start()) {
            process.awaitUntil(
                    "run.json names the workers", () -> !run.workerPids().isEmpty());
            PeakMemory memory = new PeakMemory(run.workerPids());
            process.awaitUntil(
                    "the run is over", () -> memory.look() && run.document().has("result"));
            process.await().orFail();

            print("lenet, 1 epoch", run);
            System.out.printf("resident at most %s by rank%n", memory);
            assertThat(memory.bytes())
                    .hasSize(2)
                    .allSatisfy(bytes -> assertThat(bytes).isBetween(100_000_000L, RESIDENT_LIMIT_BYTES));
            assertThat(accuracy(run)).isGreaterThanOrEqualTo(LENET_AFTER_ONE_EPOCH);
        }
    }

    @Test
    void shouldReachPyTorchsAccuracyWhenAnMlpTrainsForThreeEpochs() {
        RunFiles run = new RunFiles(directory.resolve("mlp"));

        train(run, "--model", "mlp:500", "--batch-size", "128", "--epochs", "3")
                .run()
                .orFail();

        print("mlp:500, 3 epochs", run);
        assertThat(accuracy(run)).isGreaterThanOrEqualTo(MLP_AFTER_THREE_EPOCHS);
    }

    private static DropwiseProcess.Builder train(RunFiles run, String... options) {
        Path data = Path.of(Objects.requireNonNullElse(System.getenv("DROPWISE_DATA"), ""));
        assumeTrue(
                Files.isDirectory(data.resolve("mnist")),
                "no MNIST: set DROPWISE_DATA to a directory that holds mnist/ (dropwise data fetch mnist)");
        return DropwiseProcess.dropwise(
                        "train", "--data", "mnist", "--out", run.directory().toString())
                .with("--dropout", "inverted:0.5", "--updater", "adam", "--learning-rate", "0.001")
                .with("--validation", "0", "--seed", "1")
                .with(options)
                .within(Duration.ofMinutes(10));
    }

    private static double accuracy(RunFiles run) {
        return run.document().at("/result/testAccuracy").doubleValue();
    }

    private static void print(String what, RunFiles run) {
        System.out.printf("MNIST, %s: %s%n", what, run.document().get("result"));
    }
}
