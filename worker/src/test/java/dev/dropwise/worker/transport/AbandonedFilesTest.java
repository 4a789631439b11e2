package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.membership.Deadlines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class AbandonedFilesTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void shouldRemoveOnlyWhatIsOursAndOldAndNotInUse() throws IOException {
        // given: a live driver, a dead one's directory, a token, and a stranger's file
        Path live = directory.resolve("dropwise-driver-0-live");
        Path dead = Files.createDirectories(directory.resolve("dropwise-driver-0-dead/publications"));
        Files.write(dead.resolveSibling("cnc.dat"), new byte[100]);
        Path token = Files.writeString(directory.resolve("dropwise-token-x"), "x");
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
            assertThat(stranger).exists();
            assertThat(Path.of(driver.directory(), "cnc.dat")).exists();
        }
        assertThat(live).doesNotExist();
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
            for (Thread each : Thread.getAllStackTraces().keySet()) {
                if (each.getName().startsWith("dropwise-remove-")) {
                    each.join();
                }
            }
            assertThat(dead).doesNotExist();
            assertThat(live).exists();
        }
    }
}
