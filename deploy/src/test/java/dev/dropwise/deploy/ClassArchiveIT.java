package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.deploy.process.Checkout;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.run.RunFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive of parsed classes that {@code deploy/bin/archive-classes} makes: which JVMs start from it. */
@Timeout(300)
final class ClassArchiveIT {
    @TempDir
    private Path directory;

    @BeforeAll
    static void archive() {
        // Makes none where a whole build has just done so.
        DropwiseProcess.program(Checkout.script("archive-classes").toString())
                .environment("DROPWISE_BUILD", "never")
                .within(Duration.ofMinutes(4))
                .run()
                .orFail();
    }

    @Test
    void shouldStartDriverAndExecutorsOfAnEmbeddedClusterFromIt() {
        RunFiles run = new RunFiles(directory.resolve("run"));
        try (DropwiseProcess process = train(run).start()) {
            process.awaitErr("epoch  1/50 .*");

            long[] jvms = LongStream.concat(
                            LongStream.of(process.pid()),
                            run.workerPids().stream().mapToLong(each -> each))
                    .toArray();

            assertThat(jvms).hasSize(3);
            assertThat(LongStream.of(jvms).boxed()).allMatch(ClassArchiveIT::mapsAnArchive);
        }
    }

    @Test
    void shouldStartWithoutItAndSayNothingWhenTheClassPathIsAnother() throws IOException {
        Path conf = Files.createDirectory(directory.resolve("conf"));
        Files.writeString(conf.resolve("spark-defaults.conf"), "spark.ui.enabled false\n");
        RunFiles run = new RunFiles(directory.resolve("run"));
        try (DropwiseProcess process =
                train(run).environment("SPARK_CONF_DIR", conf.toString()).start()) {
            process.awaitErr("epoch  1/50 .*");

            assertThat(mapsAnArchive(process.pid())).isFalse();
            assertThat(process.sightedErr("(?i).*(archive|cds).*")).isEmpty();
        }
    }

    private static DropwiseProcess.Builder train(RunFiles run) {
        return DropwiseProcess.dropwise(
                "train", "--epochs", "50", "--out", run.directory().toString());
    }

    private static boolean mapsAnArchive(long pid) {
        Path maps = Path.of("/proc", Long.toString(pid), "maps");
        try (Stream<String> lines = Files.lines(maps, StandardCharsets.UTF_8)) {
            return lines.anyMatch(line -> line.contains("/class-archive/"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
