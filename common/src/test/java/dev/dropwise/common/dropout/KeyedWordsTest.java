package dev.dropwise.common.dropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeyedWordsTest {
    private static final int LENGTH = 1 << 17;

    private final KeyedWords words = new KeyedWords();

    @Test
    void shouldKeepItsWordsForEverWhenTheKeyIsEqual() {
        int[] out = new int[4];
        words.fill(0x0123456789ABCDEFL, 0, out);

        // From an independent implementation in Python with integers of any size.
        assertThat(out).containsExactly(377834512, -1472852729, 1211699740, -122009854);
    }

    @Test
    void shouldGiveTheSameWordsWhenReadFromAnyPosition() {
        int[] whole = new int[1000];
        int[] tail = new int[100];
        words.fill(77, 0, whole);
        words.fill(77, 900, tail);

        assertThat(tail).isEqualTo(Arrays.copyOfRange(whole, 900, 1000));
    }

    @Test
    void shouldSpreadEvenlyWhenCountedByTheirUpperByte() {
        for (int stream = 0; stream < 20; stream++) {
            double[] counts = new double[256];
            for (int word : draw(StreamKey.of(1, Purpose.MASK).with(stream).value())) {
                counts[word >>> 24]++;
            }
            double expected = LENGTH / 256.0;
            double chiSquare = Arrays.stream(counts)
                    .map(count -> (count - expected) * (count - expected) / expected)
                    .sum();

            // 255 degrees of freedom, mean 255, standard deviation 22.6: five of them to both sides.
            assertThat(chiSquare).as("stream %s", stream).isBetween(142.0, 368.0);
        }
    }

    @Test
    void shouldBeUncorrelatedWhenComparedWithItselfAtTheDistancesOfLayers() {
        int[] lags = {1, 2, 7, 32, 128, 500, 784, 1024, 4096, 8192, 16384, 32768, 65536};
        for (int stream = 0; stream < 50; stream++) {
            int[] drawn = draw(StreamKey.of(2, Purpose.MASK).with(stream).value());
            for (int lag : lags) {
                int agreeing = 0;
                for (int i = 0; i + lag < LENGTH; i++) {
                    agreeing += 1 - ((drawn[i] ^ drawn[i + lag]) >>> 31);
                }
                int pairs = LENGTH - lag;
                assertThat(Math.abs(2.0 * agreeing - pairs) / Math.sqrt(pairs))
                        .as("stream %s lag %s, in standard errors", stream, lag)
                        .isLessThan(5);
            }
        }
    }

    @Test
    void shouldBeUnrelatedWhenKeysDifferInOneBitOnly() {
        long key = StreamKey.of(3, Purpose.MASK).value();
        int[] drawn = draw(key);
        for (int bit = 0; bit < 64; bit++) {
            int[] other = draw(key ^ 1L << bit);
            double agreeing = 0;
            for (int i = 0; i < LENGTH; i++) {
                agreeing += 1 - ((drawn[i] ^ other[i]) >>> 31);
            }
            // Standard error 0.0014.
            assertThat(agreeing / LENGTH).as("bit %s", bit).isCloseTo(0.5, within(0.007));
        }
    }

    private int[] draw(long key) {
        int[] all = new int[LENGTH];
        int[] chunk = new int[KeyedWords.CHUNK];
        for (int at = 0; at < LENGTH; at += chunk.length) {
            words.fill(key, at, chunk);
            System.arraycopy(chunk, 0, all, at, chunk.length);
        }
        return all;
    }
}
