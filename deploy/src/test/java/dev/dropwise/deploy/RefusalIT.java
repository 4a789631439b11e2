package dev.dropwise.deploy;

import static dev.dropwise.deploy.run.ImageFiles.TRAIN_IMAGES;
import static dev.dropwise.deploy.run.ImageFiles.TRAIN_LABELS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.process.StandaloneCluster;
import dev.dropwise.deploy.run.ImageFiles;
import dev.dropwise.deploy.run.RunFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Input that cannot work: an exit code, a message with what was expected, found and can be done, and a run.json that says the same. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RefusalIT {
    private static final double MOST_LOAD = 2.5 * Runtime.getRuntime().availableProcessors();
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(15);

    private Path directory;

    @BeforeAll
    void useDirectory(@TempDir Path temporary) {
        directory = temporary;
    }

    /**
     * A command that is refused.
     *
     * @param what is wrong
     * @param exitStatus that it ends with
     * @param options after {@code train}
     * @param told what the message must contain: file or option, expected, found, remedy
     */
    private record Refusal(String what, int exitStatus, List<String> options, List<String> told) {
        @Override
        public String toString() {
            return what;
        }
    }

    @ParameterizedTest
    @MethodSource({"badData", "badOptions"})
    void shouldSayWhatIsWrongEverywhereWhenRefused(Refusal refusal) {
        RunFiles run = new RunFiles(directory.resolve("run-" + refusal.what().replace(' ', '-')));

        Outcome outcome = train(refusal.options(), run);

        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(refusal.exitStatus());
        assertFailed(run, outcome, refusal.told());
    }

    private Stream<Refusal> badData() {
        return Stream.of(
                mnist("wrong magic", TRAIN_IMAGES, bytes -> with(bytes, 2, 0x0D), "IDX magic 0x00000803", "0x00000d03"),
                mnist(
                        "truncated images",
                        TRAIN_IMAGES,
                        bytes -> Arrays.copyOf(bytes, bytes.length - 1),
                        "200x28x28 = 156800 bytes after the header",
                        "156799"),
                mnist(
                        "label outside 0 to 9",
                        TRAIN_LABELS,
                        bytes -> with(bytes, 8 + 3, 10),
                        "labels 0..9",
                        "label 10 at example 3"),
                mnist(
                        "counts that differ",
                        TRAIN_LABELS,
                        bytes -> with(Arrays.copyOf(bytes, bytes.length - 1), 7, ImageFiles.TRAIN - 1),
                        "200 labels",
                        "199 labels"),
                cifarOfNoWholeRecords(),
                new Refusal(
                        "missing directory",
                        65,
                        List.of("--data", "mnist", "--data-dir", "/nowhere/mnist"),
                        List.of("/nowhere/mnist", TRAIN_IMAGES, "dropwise data fetch mnist", "--data-dir")));
    }

    private Refusal mnist(String what, String file, UnaryOperator<byte[]> damage, String... told) {
        Path set = ImageFiles.mnist(directory.resolve(what.replace(' ', '-')))
                .damage(file, damage)
                .directory();
        return new Refusal(
                what,
                65,
                // Labels are read where they are used: a task of this JVM.
                List.of("--master", "local[2]", "--data", "mnist", "--data-dir", set.toString()),
                Stream.concat(Stream.of(file, "dropwise data fetch mnist"), Arrays.stream(told))
                        .toList());
    }

    private Refusal cifarOfNoWholeRecords() {
        Path set = ImageFiles.cifar(directory.resolve("cifar"))
                .damage("data_batch_3.bin", bytes -> Arrays.copyOf(bytes, bytes.length + 7))
                .directory();
        return new Refusal(
                "CIFAR length",
                65,
                List.of("--data", "cifar10", "--data-dir", set.toString()),
                List.of(
                        "data_batch_3.bin",
                        "multiple of 3073",
                        "61467 bytes",
                        "7 bytes",
                        "dropwise data fetch cifar10"));
    }

    private Stream<Refusal> badOptions() {
        return Stream.of(
                new Refusal(
                        "unknown model",
                        78,
                        List.of("--model", "lenett"),
                        List.of("model 'lenett'", "did you mean 'lenet'", "mlp:H1,H2,...")),
                new Refusal(
                        "unknown option", 64, List.of("--learning-rat", "0.1"), List.of("--learning-rat", "--help")),
                new Refusal(
                        "dropout of 1", 78, List.of("--dropout", "inverted:1"), List.of("dropout", "[0, 1)", "1.0")),
                new Refusal(
                        "dropout of 1.5",
                        78,
                        List.of("--dropout", "inverted:1.5"),
                        List.of("dropout", "[0, 1)", "1.5")),
                new Refusal(
                        "more workers than slots",
                        69,
                        List.of("--master", "local[2]", "--workers", "3"),
                        List.of("needs 3 slots", "--workers 3", "local[2] offers 2", "lower --workers")),
                new Refusal(
                        "training that diverges",
                        78,
                        List.of("--updater", "sgd", "--learning-rate", "1e30", "--train-limit", "1000"),
                        List.of(
                                "loss of NaN in step=",
                                "first not finite: activations of layer 1 (OutputLayer)",
                                "lower --learning-rate")));
    }

    @Test
    void shouldRefuseWithin15SecondsWhenAStandaloneClusterHasTooFewSlots() {
        RunFiles run = new RunFiles(directory.resolve("run-three-on-two"));
        try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 2)) {
            double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
            Outcome outcome = train(List.of("--master", cluster.masterUrl(), "--workers", "3"), run);

            System.out.printf(
                    "three workers on a cluster of two slots: refused after %.1f s%n",
                    outcome.took().toMillis() / 1e3);
            assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(69);
            assertFailed(
                    run,
                    outcome,
                    List.of("needs 3 slots", "--workers 3", cluster.masterUrl() + " offers 2", "lower --workers"));
            assumeThat(load)
                    .as("load of the machine: the promise is for one that has time")
                    .isLessThan(MOST_LOAD);
            assertThat(outcome.took()).isLessThanOrEqualTo(REFUSED_WITHIN);
        }
    }

    @Test
    void shouldNameThePathWhenTheRunDirectoryCannotBeWritten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        Outcome outcome = train(List.of(), new RunFiles(file.resolve("run")));

        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(74);
        assertThat(outcome.err()).contains("dropwise: ", file.resolve("run").toString(), "--out");
        assertThat(file).isEmptyFile();
    }

    private static Outcome train(List<String> options, RunFiles run) {
        return DropwiseProcess.dropwise("train", "--out", run.directory().toString())
                .with(options.toArray(String[]::new))
                .run();
    }

    private static void assertFailed(RunFiles run, Outcome outcome, List<String> told) {
        String error = run.document().path("error").asText();
        assertThat(run.document().path("status").asText()).as(outcome::toString).isEqualTo("failed");
        assertThat(run.document().path("exitCode").asInt()).isEqualTo(outcome.exitStatus());
        assertThat(error)
                .contains(told.stream().filter(part -> !part.equals("--help")).toList());
        assertThat(outcome.err()).contains(told).contains("dropwise: " + error);
        assertThat(outcome.err()).doesNotContain("\tat ");
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }
}
