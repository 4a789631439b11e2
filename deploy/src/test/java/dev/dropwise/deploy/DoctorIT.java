package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.process.TinyDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The doctor on real executors: what it says of a healthy cluster, and of one that lacks something. */
@Timeout(180)
final class DoctorIT {
    @TempDir
    private Path directory;

    @Test
    void shouldFindEverythingInOrderWhenAJobWouldRun() {
        Path out = directory.resolve("runs/1");

        Outcome outcome = DropwiseProcess.dropwise("doctor", "--out", out.toString())
                .run()
                .orFail();

        System.out.println(outcome.out());
        assertThat(Stream.of(
                        "ok +jdk +driver (17|21)\\..*",
                        "ok +dynamic allocation +off",
                        "ok +data +driver: digits, 12000 training and 2000 test examples",
                        "ok +output +driver: file:" + directory + " can be written",
                        "ok +spark +4\\.1\\.0 at local-cluster\\[2,1,\\d+], application app-.*",
                        "ok +slots +local-cluster.* offers 2 for --workers 2",
                        "ok +native jars +javacpp-.*, openblas-.*, nd4j-native-.*-onednn.*\\.jar",
                        "ok +jdk +all 2 ranks: (17|21)\\..*",
                        "ok +spark +all 2 ranks: 4\\.1\\.0",
                        "(ok|warn) +kernel class +rank 0 on .* pid \\d+: \\d+ GFLOP/s on one thread \\(at best \\d+\\) with onednn.*",
                        "(ok|warn) +kernel class +rank 1 on .* pid \\d+: \\d+ GFLOP/s on one thread \\(at best \\d+\\) with onednn.*",
                        "(ok|warn) +/dev/shm .* free.*",
                        "ok +socket buffers +all 2 ranks: .*",
                        "ok +reach +rank 0 on .* and rank 1 on .*: aeron:ipc, round trip \\d+ us, .*B/s there, .*B/s back",
                        "ok +data +all 2 ranks: digits, 12000 training and 2000 test examples",
                        "ok +output +all 2 ranks: file:" + directory,
                        "a job would run \\(\\d+ checks, \\d warnings?\\)"))
                .allSatisfy(line -> assertThat(outcome.stdout()).anyMatch(said -> said.matches(line)));
        // Neither the run directory nor a probe stays.
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldEndAsUnavailableWhenWorkersAreMoreThanSlots() {
        Outcome outcome = DropwiseProcess.dropwise("--master", "local[2]", "doctor", "--workers", "3")
                .with("--out", directory.toString())
                .run();

        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(69);
        assertThat(failures(outcome))
                .containsExactly("fail  slots               local[2] offers 2 for --workers 3"
                        + "  (start more workers or cores there, or lower --workers)");
        // What is there is examined all the same.
        assertThat(outcome.stdout())
                .anyMatch(line -> line.matches("ok +reach +rank 0 .*"))
                .anyMatch(line -> line.startsWith("a job would not run (") && line.endsWith(", 1 failure)"));
        assertThat(outcome.err()).doesNotContain("\tat ");
    }

    @Test
    void shouldEndAsAnIoFailureWhenOutputCannotBeWritten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        Outcome outcome = DropwiseProcess.dropwise("--master", "local[1]", "doctor", "--workers", "1")
                .with("--out", file.resolve("run").toString())
                .run();

        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(74);
        assertThat(failures(outcome))
                .containsExactly("fail  output              driver: file:" + file.resolve("run")
                        + ": expected a directory that can be written at file:" + file
                        + ", found a file  (choose an --out that the driver and the executors may write)");
        assertThat(outcome.err()).doesNotContain("\tat ");
        assertThat(file).isEmptyFile();
    }

    @Test
    void shouldSayThatTheFileSystemIsReadOnlyWhenItIs() {
        TinyDisk.missing().ifPresent(why -> assumeTrue(false, why));
        try (TinyDisk disk = TinyDisk.mounted(directory, 1)) {
            disk.protect();

            Outcome outcome = disk.seeing(DropwiseProcess.dropwise("--master", "local[1]", "doctor", "--workers", "1")
                            .with("--out", directory.resolve("runs/1").toString()))
                    .run();

            assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(74);
            assertThat(failures(outcome))
                    .containsExactly("fail  output              driver: file:" + directory.resolve("runs/1")
                            + ": expected a directory that can be written at file:" + directory
                            + ", found a read-only file system  (mount it for writing, or choose another path)");
        }
    }

    private static List<String> failures(Outcome outcome) {
        return outcome.stdout().stream()
                .filter(line -> line.startsWith("fail "))
                .toList();
    }
}
