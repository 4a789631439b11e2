package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.membership.Deadlines;
import io.aeron.CncFileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class AbandonedFilesTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void shouldRemoveOnlyWhatIsOursAndOldAndNotInUse() throws IOException {
        // given: a live driver, a dead one's directory, a token, a chunk, and a stranger's file
        Path live = directory.resolve("dropwise-driver-0-live");
        Path dead = Files.createDirectories(directory.resolve("dropwise-driver-0-dead/publications"));
        Files.write(dead.resolveSibling("cnc.dat"), new byte[100]);
        Path token = Files.writeString(directory.resolve("dropwise-token-x"), "x");
        Path chunk = Files.writeString(directory.resolve("dropwise-chunk-x"), "x");
        Path stranger = Files.writeString(directory.resolve("other"), "x");
        StreamSettings settings = StreamSettings.of(StreamSettings.SMALLEST_TERM, SocketBuffers.probe(), 1);
        try (EmbeddedDriver driver = EmbeddedDriver.start(live.toString(), settings, Deadlines.standard())) {
            // when
            AbandonedFiles.sweep(directory, Duration.ofMinutes(1));

            // then
            assertThat(dead).exists();

            // when
            AbandonedFiles.sweep(directory, Duration.ofSeconds(-1));

            // then
            assertThat(dead.getParent()).doesNotExist();
            assertThat(token).doesNotExist();
            assertThat(chunk).doesNotExist();
            assertThat(stranger).exists();
            assertThat(Path.of(driver.directory(), "cnc.dat")).exists();
        }
        assertThat(live).doesNotExist();
    }

    /** Spark ends an executor for whatever one of its threads does not catch. */
    @Test
    void shouldThrowNothingWhenTheControlFileCannotBeOpenedAfterAll() throws IOException, InterruptedException {
        // given: what has a length and is no file, so that Agrona throws a FileNotFoundException that it does not
        // declare
        Path driver = directory.resolve("dropwise-driver-0-going");
        Path control = Files.createDirectories(driver.resolve("cnc.dat"));
        for (int i = 0; i < 200; i++) {
            Files.createFile(control.resolve("entry-" + i));
        }
        assertThat(control.toFile().length()).isGreaterThan(CncFileDescriptor.META_DATA_LENGTH);
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
        try {
            // when
            AbandonedFiles.removeDriver(driver, Duration.ofSeconds(2));
            AbandonedFiles.sweep(directory, Duration.ofMinutes(1));
            awaitRemovers();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }

        // then
        assertThat(uncaught).isEmpty();
        assertThat(control).exists();
    }

    private static void awaitRemovers() throws InterruptedException {
        for (Thread each : Thread.getAllStackTraces().keySet()) {
            if (each.getName().startsWith("dropwise-remove-")) {
                each.join();
            }
        }
    }

    @Test
    void shouldRemoveADriverOnceItIsSilentWhenItsHostHasJustDied() throws IOException, InterruptedException {
        // given: the files of a driver at the moment of its death
        Path dead = Files.createDirectories(directory.resolve("dropwise-driver-0-dead"));
        Path live = directory.resolve("dropwise-driver-0-live");
        StreamSettings settings = StreamSettings.of(StreamSettings.SMALLEST_TERM, SocketBuffers.probe(), 1);
        try (EmbeddedDriver driver = EmbeddedDriver.start(live.toString(), settings, Deadlines.standard())) {
            Files.copy(Path.of(driver.directory(), "cnc.dat"), dead.resolve("cnc.dat"));

            // when
            AbandonedFiles.removeDriver(dead, Duration.ofSeconds(2));
            AbandonedFiles.removeDriver(live, Duration.ofSeconds(2));

            // then
            assertThat(dead).exists();
            awaitRemovers();
            assertThat(dead).doesNotExist();
            assertThat(live).exists();
        }
    }
}
