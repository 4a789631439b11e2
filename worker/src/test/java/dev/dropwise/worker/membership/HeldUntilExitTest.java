package dev.dropwise.worker.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HeldUntilExitTest {
    @TempDir
    private Path directory;

    private final List<String> released = new ArrayList<>();

    @Test
    void shouldReleaseOnceWhenOwnerAndJvmBothEndIt() {
        HeldUntilExit<String> held = HeldUntilExit.acquire("a thing", () -> "it", released::add);
        assertThat(released).isEmpty();

        held.close();
        held.end();
        held.close();

        assertThat(released).containsExactly("it");
    }

    @Test
    void shouldPassOnWhatAcquiringThrowsAndReleaseNothing() {
        assertThatThrownBy(() -> HeldUntilExit.acquire("a thing", HeldUntilExitTest::refuse, released::add))
                .isExactlyInstanceOf(IllegalArgumentException.class);

        assertThat(released).isEmpty();
    }

    private static String refuse() {
        throw new IllegalArgumentException("no");
    }

    @Test
    void shouldReleaseWhatIsHeldWhenTheJvmEnds() throws IOException {
        assertThat(outputOf("holding")).isEqualTo("file was there");
        assertThat(directory.resolve("file")).doesNotExist();
    }

    @Test
    void shouldReleaseWhatIsBeingAcquiredWhenTheJvmEnds() throws IOException {
        assertThat(outputOf("acquiring")).isEqualTo("file was there");
        assertThat(directory.resolve("file")).doesNotExist();
    }

    @Test
    void shouldAcquireNothingWhenTheJvmIsEnding() throws IOException {
        assertThat(outputOf("ending")).isEqualTo("file: not acquired, since this process was asked to end");
        assertThat(directory.resolve("file")).doesNotExist();
    }

    private String outputOf(String when) throws IOException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Ending.class.getName(),
                        when,
                        directory.resolve("file").toString())
                .redirectErrorStream(true)
                .start();
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            process.destroyForcibly();
        }
    }

    /** A JVM that is asked to end at a bad moment. */
    static final class Ending {
        private static final long LONGER_THAN_AN_EXIT_TAKES_MS = 500;

        private Ending() {}

        public static void main(String[] arguments) {
            Path file = Path.of(arguments[1]);
            switch (arguments[0]) {
                case "holding" -> {
                    acquire(file, () -> {});
                    System.exit(0);
                }
                case "acquiring" ->
                    acquire(file, () -> {
                        new Thread(() -> System.exit(0)).start();
                        pause();
                    });
                default ->
                    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                        try {
                            acquire(file, () -> {});
                        } catch (DropwiseException e) {
                            System.out.println(e.getMessage());
                        }
                    }));
            }
        }

        private static void acquire(Path file, Runnable meanwhile) {
            HeldUntilExit.acquire(
                    "file",
                    () -> {
                        write(file);
                        meanwhile.run();
                        return file;
                    },
                    Ending::delete);
        }

        private static void pause() {
            try {
                Thread.sleep(LONGER_THAN_AN_EXIT_TAKES_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static void write(Path file) {
            try {
                Files.writeString(file, "here");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void delete(Path file) {
            try {
                System.out.println("file " + (Files.deleteIfExists(file) ? "was there" : "was gone"));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
