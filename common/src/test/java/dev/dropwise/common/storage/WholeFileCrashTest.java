package dev.dropwise.common.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.storage.ObjectStore.Crash;
import dev.dropwise.common.storage.ObjectStore.Fault;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code run.json} and {@code metrics.jsonl} on an object store, written by a driver that crashes or is refused at any operation. */
@Timeout(60)
class WholeFileCrashTest {
    private static final int VERSIONS = 4;
    private static final List<String> FILES = List.of("run.json", "metrics.jsonl");

    private final Configuration hadoop = ObjectStore.configuration();
    private Path directory = new Path("store://none");
    private ObjectStore store = new ObjectStore();

    @BeforeEach
    void open() throws IOException {
        directory = new Path("store://" + UUID.randomUUID() + "/run");
        store = ObjectStore.of(directory, hadoop);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldShowAWholeVersionOfEachFileWhenAFaultStrikesAnyOperation(Fault fault) throws IOException {
        store.strike(Integer.MAX_VALUE, fault);
        write();
        int points = store.operations().size();
        assertThat(points).isEqualTo(VERSIONS * FILES.size() * 3);
        for (int point = 0; point < points; point++) {
            store.close();
            open();
            store.strike(point, fault);

            assertThatThrownBy(this::write).isInstanceOf(fault == Fault.CRASH ? Crash.class : DropwiseException.class);

            store.restart(Integer.MAX_VALUE);
            // Three operations a file: create, write, close, which makes it appear.
            int wholeFiles = point / 3;
            for (int file = 0; file < FILES.size(); file++) {
                int versions = (wholeFiles + FILES.size() - 1 - file) / FILES.size();
                assertThat(read(FILES.get(file)))
                        .as("%s of %s before operation %d", FILES.get(file), fault, point)
                        .isEqualTo(versions == 0 ? Optional.empty() : Optional.of(content(versions)));
            }
        }
    }

    private void write() {
        for (int version = 1; version <= VERSIONS; version++) {
            for (String name : FILES) {
                new WholeFile(new Path(directory, name), hadoop)
                        .replace(content(version).getBytes(UTF_8));
            }
        }
    }

    private Optional<String> read(String name) {
        return new WholeFile(new Path(directory, name), hadoop).read().map(bytes -> new String(bytes, UTF_8));
    }

    private static String content(int version) {
        return ("line of version " + version + "\n").repeat(version);
    }
}
