package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.SharedMemoryToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ChunkFileTest {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final int BYTES = 100_000;

    @TempDir
    private Path disk;

    @Test
    void shouldShowPeersWhatARankHasLaidWhenTheyShareMemory() {
        // given
        try (SharedMemoryToken token0 = SharedMemoryToken.write(memory());
                SharedMemoryToken token1 = SharedMemoryToken.write(memory());
                ChunkFile file0 = file(room(MEMORY));
                ChunkFile file1 = file(room(MEMORY))) {
            List<Hello> hellos = List.of(hello(0, token0, file0), hello(1, token1, file1));
            try (SharedChunks chunks0 = SharedChunks.map(file0, 0, hellos);
                    SharedChunks chunks1 = SharedChunks.map(file1, 1, hellos)) {
                // when: names are gone before anything is laid
                file0.removeName();
                file1.removeName();
                chunks0.lay(8, new UnsafeBuffer("xabcd".getBytes(StandardCharsets.US_ASCII)), 1, 4);

                // then
                assertThat(Path.of(file0.path())).doesNotExist();
                assertThat(chunks0.areSharedWith(1)).isTrue();
                assertThat(chunks0.areSharedWith(0)).isFalse();
                assertThat(chunks0.hold(BYTES)).isTrue();
                assertThat(chunks0.hold(BYTES + 1)).isFalse();
                assertThat(chunks1.of(0).getStringWithoutLengthAscii(8, 4)).isEqualTo("abcd");
                assertThat(chunks1.of(0).getLong(0)).isZero();
            }
        }
    }

    @Test
    void shouldShareNothingWithARankWhoseTokenIsNotSeen() {
        try (SharedMemoryToken token = SharedMemoryToken.write(memory());
                ChunkFile file0 = file(room(MEMORY));
                ChunkFile file1 = file(room(MEMORY))) {
            Hello elsewhere = new Hello(1, "host", 1, "other", token.file().toString(), file1.path(), "", 0);

            try (SharedChunks chunks = SharedChunks.map(file0, 0, List.of(hello(0, token, file0), elsewhere))) {
                assertThat(chunks.areSharedWith(1)).isFalse();
                assertThat(chunks.hold(1)).isFalse();
            }
        }
    }

    @Test
    void shouldReserveAllOfItsMemoryAndLeaveNothingWhenClosed() throws IOException {
        ChunkFile file = file(room(memory()));
        Path path = Path.of(file.path());

        assertThat(Files.size(path)).isEqualTo(BYTES);
        assertThat(allocatedBytes(path)).isGreaterThanOrEqualTo(BYTES);
        file.close();
        file.close();

        assertThat(path).doesNotExist();
    }

    /** What the file system has set aside: less than the length for a file with holes. */
    private static long allocatedBytes(Path path) throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", path.toString()).start();
        return 512 * Long.parseLong(new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim());
    }

    @Test
    void shouldLetGoOfItsMemoryAtOnceWhenNobodyReadsIt() {
        try (SharedMemoryToken token = SharedMemoryToken.write(memory())) {
            ChunkFile file = file(room(MEMORY));

            try (SharedChunks chunks = SharedChunks.map(file, 0, List.of(hello(0, token, file)))) {
                assertThat(Path.of(file.path())).doesNotExist();
                assertThat(chunks.hold(1)).isFalse();
            }
        }
    }

    @Test
    void shouldLeaveTheMediaDriverWhatItMayNeed() throws IOException {
        DriverRoom room = room(memory());
        long free = Files.getFileStore(MEMORY).getUsableSpace();
        long needed = DriverRoom.neededBytes(2, StreamSettings.SMALLEST_TERM);
        long margin = 1 << 24; // Others use this memory, too.

        assertThat(room.holdsToo(2, free - needed - margin)).isTrue();
        assertThat(room.holdsToo(2, free - needed + margin)).isFalse();
    }

    @Test
    void shouldMakeNoneWhenThereIsNoRoomOrNoMemory() {
        assumeTrue(Files.isWritable(MEMORY), "needs /dev/shm");

        assertThat(ChunkFile.create(room(disk), 2, BYTES)).isEmpty();
        assertThat(ChunkFile.create(new DriverRoom(MEMORY, 1 << 30), 64, Integer.MAX_VALUE))
                .isEmpty();
    }

    @Test
    void shouldNameRankAndFileWhenAPeersCannotBeMapped() {
        String gone = disk.resolve("gone").toString();

        assertThatThrownBy(() -> ChunkFile.ofPeer(3, gone))
                .isInstanceOfSatisfying(
                        DropwiseException.class,
                        e -> assertThat(e.category()).isEqualTo(DropwiseException.Category.RETRYABLE))
                .hasMessageContaining("chunk " + gone + " of rank 3: cannot map it");
    }

    private static Path memory() {
        assumeTrue(Files.isWritable(MEMORY), "needs /dev/shm");
        return MEMORY;
    }

    private static DriverRoom room(Path directory) {
        return new DriverRoom(directory, StreamSettings.SMALLEST_TERM);
    }

    private static ChunkFile file(DriverRoom room) {
        return ChunkFile.create(room, 2, BYTES).orElseThrow();
    }

    private static Hello hello(int rank, SharedMemoryToken token, ChunkFile file) {
        return new Hello(rank, "host", 1, token.content(), token.file().toString(), file.path(), "", 0);
    }
}
