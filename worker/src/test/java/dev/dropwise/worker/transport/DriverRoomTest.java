package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.transport.DriverRoom.Candidate;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriverRoomTest {
    private static final int MB = 1024 * 1024;
    private static final Path SHM = Path.of("/dev/shm");
    private static final Path DISK = Path.of("/tmp");

    @Test
    void shouldTakeSharedMemoryWhenItHasRoom() {
        assertThat(choose(1024, 1024, 2, 4)).isEqualTo(new DriverRoom(SHM, 4 * MB));
    }

    @Test
    void shouldStayInSharedMemoryWithTermsOfTwoMegabytesWhenItIsTooSmallForLongerOnes() {
        assertThat(choose(32, 1024, 2, 8)).isEqualTo(new DriverRoom(SHM, 2 * MB));
    }

    @Test
    void shouldGoToDiskWhenSharedMemoryIsTooSmallForTermsOfTwoMegabytes() {
        assertThat(choose(24, 1024, 2, 8)).isEqualTo(new DriverRoom(DISK, 2 * MB));
    }

    @Test
    void shouldShortenTermsWhenNothingHasRoomForTheWantedOnes() {
        // 64 MB is what a container has by default: 12 streams of 3 terms each beside the driver's own files
        assertThat(choose(64, 0, 4, 4)).isEqualTo(new DriverRoom(SHM, MB));
    }

    @Test
    void shouldNameRoomAndRemedyWhenNothingFits() {
        assertThatThrownBy(() -> choose(8, 3, 2, 4))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContaining("/dev/shm has 8388608 bytes free; /tmp has 3145728 bytes free")
                .hasMessageContaining("--shm-size=1g");
    }

    private static DriverRoom choose(long shmMb, long diskMb, int worldSize, int termMb) {
        return DriverRoom.choose(
                List.of(new Candidate(SHM, shmMb * MB), new Candidate(DISK, diskMb * MB)), worldSize, termMb * MB);
    }
}
