package dev.dropwise.worker.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedMemoryTokenTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void shouldUseTheDriverOfTheLowestRankWhoseTokenIsSeen() {
        try (SharedMemoryToken zero = SharedMemoryToken.write(directory);
                SharedMemoryToken one = SharedMemoryToken.write(directory);
                SharedMemoryToken two = SharedMemoryToken.write(directory)) {
            // given: rank 0 says another token than lies where it says, as in another container
            List<Hello> hellos =
                    List.of(hello(0, "0".repeat(32), zero), hello(1, one.content(), one), hello(2, two.content(), two));

            // then
            assertThat(SharedMemoryToken.driverRank(0, hellos)).isEqualTo(0);
            assertThat(SharedMemoryToken.driverRank(1, hellos)).isEqualTo(1);
            assertThat(SharedMemoryToken.driverRank(2, hellos)).isEqualTo(1);
        }
    }

    @Test
    void shouldShareNothingWhenARankHasNoToken() {
        Hello without = new Hello(0, "h", 1, "abc", "", "", "", 0);

        assertThat(SharedMemoryToken.isSharedWith(without)).isFalse();
        assertThat(SharedMemoryToken.driverRank(1, List.of(without, new Hello(1, "h", 2, "abc", "", "", "", 0))))
                .isEqualTo(1);
    }

    @Test
    void shouldBeReadableByItsOwnUserOnlyAndGoneWhenClosed() throws IOException {
        Path file;
        try (SharedMemoryToken token = SharedMemoryToken.write(directory)) {
            file = token.file();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(file)).isEqualTo(token.content()).hasSize(32);
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void shouldNameTheFileWhenItCannotBeWritten() {
        assertThatThrownBy(() -> SharedMemoryToken.write(directory.resolve("missing")))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining(directory.resolve("missing").toString());
    }

    private static Hello hello(int rank, String content, SharedMemoryToken token) {
        return new Hello(rank, "host", 1, content, token.file().toString(), "", "", 0);
    }
}
