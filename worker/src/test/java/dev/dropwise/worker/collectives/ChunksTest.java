package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunksTest {
    @Test
    void shouldCutAtCacheLinesWhenLengthsAreOdd() {
        assertThat(starts(3, 101)).containsExactly(0, 32 * 4, 64 * 4, 101 * 4);
    }

    @Test
    void shouldLeaveChunksEmptyWhenThereAreFewerFloatsThanRanks() {
        assertThat(starts(4, 3)).containsExactly(0, 0, 0, 0, 12);
    }

    @Test
    void shouldNotOverflowWhenTheVectorIsAsLongAsABufferCanBe() {
        assertThat(starts(3, Integer.MAX_VALUE / 4)).containsExactly(0, 715827840, 1431655744, 2147483644);
    }

    private static int[] starts(int worldSize, int floats) {
        return IntStream.rangeClosed(0, worldSize)
                .map(chunk -> Chunks.startBytes(chunk, worldSize, floats))
                .toArray();
    }
}
