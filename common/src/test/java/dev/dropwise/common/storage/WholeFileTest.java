package dev.dropwise.common.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

class WholeFileTest {
    private static final int REPLACEMENTS = 1_000;
    private static final int VERSIONS_SEEN = 50;
    private static final int LENGTH_BYTES = 20_000;

    private final Configuration hadoop = new Configuration();

    @TempDir(factory = InMemory.class)
    Path directory;

    @Test
    void shouldReadNothingWhenThereIsNoFile() {
        assertThat(file("absent").read()).isEmpty();
    }

    @Test
    void shouldReadWhatWasWrittenLastWhenReplacedTwice() {
        WholeFile file = file("run.json");

        file.replace("a long first version".getBytes(UTF_8));
        file.replace("second".getBytes(UTF_8));

        assertThat(file.read()).contains("second".getBytes(UTF_8));
    }

    @Test
    void shouldLeaveNothingElseBehindWhenReplaced() throws IOException {
        file("run.json").replace("content".getBytes(UTF_8));

        try (Stream<Path> names = Files.list(directory)) {
            assertThat(names).containsExactly(directory.resolve("run.json"));
        }
    }

    @Test
    void shouldReplaceWhenACrashLeftAPartBeside() throws IOException {
        Files.writeString(directory.resolve(".run.json.new"), "{\"par");

        file("run.json").replace("whole".getBytes(UTF_8));

        assertThat(directory.resolve("run.json")).hasContent("whole");
    }

    @Test
    @Timeout(60)
    void shouldNeverShowAPartWhenReadWhileBeingReplaced()
            throws InterruptedException, ExecutionException, TimeoutException {
        file("run.json").replace(filledWith(0));
        // The writer goes on until the reader has proof that it really watched replacements happen.
        AtomicInteger versions = new AtomicInteger();
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            int written = 0;
            while (written < REPLACEMENTS || versions.get() < VERSIONS_SEEN) {
                file("run.json").replace(filledWith(++written));
            }
            return written;
        });

        byte last = 0;
        while (!writer.isDone()) {
            byte[] seen = file("run.json").read().orElseThrow(() -> new AssertionError("the file was away"));
            assertThat(seen).isEqualTo(filledWith(seen[0]));
            if (seen[0] != last) {
                versions.incrementAndGet();
            }
            last = seen[0];
        }

        int written = writer.get(1, TimeUnit.SECONDS);
        assertThat(written).isGreaterThanOrEqualTo(REPLACEMENTS);
        assertThat(file("run.json").read()).contains(filledWith(written));
    }

    @Test
    void shouldNameFileAndRemedyWhenTheDirectoryIsMissing() {
        Path missing = directory.resolve("file");
        file("file").replace(new byte[1]);

        WholeFile below = new WholeFile(new org.apache.hadoop.fs.Path(missing + "/run.json"), hadoop);

        assertThatThrownBy(() -> below.replace("{}".getBytes(UTF_8)))
                .asInstanceOf(type(DropwiseException.class))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                .satisfies(e -> assertThat(e)
                        .hasMessageContaining(missing + "/run.json (2 bytes)")
                        .hasMessageContaining("check that the directory exists, is writable and has room"));
    }

    @Test
    void shouldFailAndNotSayAbsentWhenWhatIsThereCannotBeRead() throws IOException {
        Files.createDirectory(directory.resolve("run.json"));

        assertThatThrownBy(() -> file("run.json").read())
                .asInstanceOf(type(DropwiseException.class))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                .satisfies(e -> assertThat(e).hasMessageContaining(directory + "/run.json"));
    }

    @Test
    void shouldReadTheNewContentWhenReplacedWhileBeingRead() throws IOException {
        var path = new org.apache.hadoop.fs.Path("store://read-again/model.zip");
        Configuration stores = ObjectStore.configuration();
        try (ObjectStore store = ObjectStore.of(path, stores)) {
            WholeFile file = new WholeFile(path, stores);
            file.replace(filledWith(1));
            store.replaceWhileRead(2);

            assertThat(file.read()).contains(Arrays.copyOf(filledWith(1), LENGTH_BYTES + 2));

            store.replaceWhileRead(Integer.MAX_VALUE);
            assertThatThrownBy(file::read)
                    .isInstanceOf(DropwiseException.class)
                    .hasMessageContaining("read store://read-again/model.zip: injected: ")
                    .hasMessageContaining("is another one now");
            assertThat(store.objects().get("/model.zip")).hasSize(LENGTH_BYTES + 2 + 5);
        }
    }

    private WholeFile file(String name) {
        return new WholeFile(new org.apache.hadoop.fs.Path(directory + "/" + name), hadoop);
    }

    private static byte[] filledWith(int value) {
        byte[] content = new byte[LENGTH_BYTES];
        Arrays.fill(content, (byte) value);
        return content;
    }

    /** In memory where there is such a directory: forcing a thousand versions to a disk takes half a minute. */
    static final class InMemory implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "whole-file-test")
                    : Files.createTempDirectory("whole-file-test");
        }
    }
}
