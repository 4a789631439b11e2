package dev.dropwise.common.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StreamKeyTest {
    private static final int TRIALS = 2000;

    @Test
    void shouldKeepItsValuesForEverWhenCoordinatesAreEqual() {
        StreamKey root = StreamKey.of(42, Purpose.MASK);

        // Keys from an independent implementation in Python with integers of any size.
        assertThat(root.value()).isEqualTo(-3949902889015200152L);
        assertThat(root.with(0).with(1).with(2).with(3).value()).isEqualTo(7019028431355554457L);
        assertThat(StreamKey.of(-1, Purpose.SPLIT).value()).isEqualTo(-5622727098979613984L);
        assertThat(StreamKey.of(42, Purpose.SHUFFLE).permutation(8)).containsExactly(1, 0, 6, 2, 5, 3, 4, 7);
    }

    @Test
    void shouldFlipHalfOfItsBitsWhenOneBitOfACoordinateFlips() {
        double[] flipped = new double[64];
        for (int trial = 0; trial < TRIALS; trial++) {
            StreamKey key = StreamKey.of(trial, Purpose.MASK);
            for (int bit = 0; bit < 64; bit++) {
                long change =
                        key.with(trial).value() ^ key.with(trial ^ 1L << bit).value();
                flipped[bit] += Long.bitCount(change) / 64.0 / TRIALS;
            }
        }

        // Standard error of a mean over 2000 x 64 fair bits: 0.0014.
        assertThat(Arrays.stream(flipped).boxed())
                .allSatisfy(mean -> assertThat(mean).isCloseTo(0.5, within(0.006)));
    }

    @Test
    void shouldFlipHalfOfItsBitsWhenOneBitOfTheSeedFlips() {
        double[] flipped = new double[64];
        for (int trial = 0; trial < TRIALS; trial++) {
            long key = StreamKey.of(trial, Purpose.INIT).value();
            for (int bit = 0; bit < 64; bit++) {
                long other = StreamKey.of(trial ^ 1L << bit, Purpose.INIT).value();
                flipped[bit] += Long.bitCount(key ^ other) / 64.0 / TRIALS;
            }
        }

        assertThat(Arrays.stream(flipped).boxed())
                .allSatisfy(mean -> assertThat(mean).isCloseTo(0.5, within(0.006)));
    }

    @Test
    void shouldTellCoordinatesApartWhenTheyAreSwappedDroppedOrAddedUp() {
        StreamKey root = StreamKey.of(7, Purpose.MASK);

        assertThat(Set.of(
                        root,
                        root.with(0),
                        root.with(0).with(0),
                        root.with(1).with(2),
                        root.with(2).with(1),
                        root.with(3),
                        root.with(0).with(3),
                        root.with(3).with(0)))
                .hasSize(8);
    }

    @Test
    void shouldGiveEveryPlaceAKeyOfItsOwnWhenPurposesShardsSitesEpochsAndStepsVary() {
        Set<Long> keys = new HashSet<>();
        int places = 0;
        for (Purpose purpose : Purpose.values()) {
            for (int shard = 0; shard < 8; shard++) {
                for (int site = 0; site < 8; site++) {
                    for (int epoch = 0; epoch < 8; epoch++) {
                        for (int step = 0; step < 100; step++, places++) {
                            keys.add(StreamKey.of(1, purpose)
                                    .with(shard)
                                    .with(site)
                                    .with(epoch)
                                    .with(step)
                                    .value());
                        }
                    }
                }
            }
        }

        assertThat(keys).hasSize(places);
    }

    @Test
    void shouldGiveTheSameBareValueWhenAbsorbedWithoutAllocation() {
        StreamKey key = StreamKey.of(3, Purpose.AUGMENTATION);

        assertThat(StreamKey.absorb(key.value(), 11)).isEqualTo(key.with(11).value());
    }

    @Test
    void shouldStartTheSameStreamAgainWhenAskedTwice() {
        StreamKey key = StreamKey.of(5, Purpose.SHUFFLE);
        RandomGenerator first = key.generator();
        RandomGenerator second = key.generator();

        assertThat(first.longs(100).toArray()).isEqualTo(second.longs(100).toArray());
        assertThat(key.with(1).generator().nextLong())
                .isNotEqualTo(key.generator().nextLong());
    }

    @Test
    void shouldContainEveryIndexOnceWhenPermuting() {
        for (int size : new int[] {0, 1, 2, 3, 1000}) {
            int[] order = StreamKey.of(9, Purpose.SHUFFLE).with(size).permutation(size);
            int[] sorted = order.clone();
            Arrays.sort(sorted);

            assertThat(sorted).isEqualTo(IntStream.range(0, size).toArray());
        }
    }

    @Test
    void shouldBeUniformWhenPermutingFourElements() {
        int trials = 24_000;
        int[] seen = new int[256];
        for (int trial = 0; trial < trials; trial++) {
            int[] order = StreamKey.of(11, Purpose.SHUFFLE).with(trial).permutation(4);
            seen[order[0] << 6 | order[1] << 4 | order[2] << 2 | order[3]]++;
        }
        double expected = trials / 24.0;
        double chiSquare = Arrays.stream(seen)
                .filter(count -> count > 0)
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();

        assertThat(Arrays.stream(seen).filter(count -> count > 0).count()).isEqualTo(24);
        // 23 degrees of freedom: exceeded with probability 1e-4.
        assertThat(chiSquare).isLessThan(56.0);
    }
}
