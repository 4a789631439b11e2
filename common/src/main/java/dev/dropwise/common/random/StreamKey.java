package dev.dropwise.common.random;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The key of a random stream: a 64-bit hash of (run seed, purpose, coordinates...). Two keys that differ in any
 * coordinate, or in the number of coordinates, give unrelated streams: words are absorbed one after the other, each
 * through a full avalanche (the finaliser of SplitMix64, Steele et al. 2014), never added.
 *
 * <pre>{@code
 * long key = StreamKey.of(seed, Purpose.MASK).with(shard).with(site).with(epoch).with(step).value();
 * }</pre>
 *
 * @param value the hash; equal coordinates give equal values on every machine and JVM
 */
public record StreamKey(long value) {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    /** The root of all streams of one purpose in a run. */
    public static StreamKey of(long runSeed, Purpose purpose) {
        return new StreamKey(avalanche(runSeed + GOLDEN_GAMMA)).with(purpose.tag());
    }

    /** The key of the sub-stream at {@code coordinate}: a shard, layer site, epoch, step or example. */
    public StreamKey with(long coordinate) {
        return new StreamKey(absorb(value, coordinate));
    }

    /** As {@link #with}, on a bare value: for loops that may not allocate. */
    public static long absorb(long key, long coordinate) {
        return avalanche(Long.rotateLeft(key, 23) * GOLDEN_GAMMA + avalanche(coordinate + GOLDEN_GAMMA));
    }

    /** A generator at the start of this stream (Xoshiro256++, Blackman and Vigna 2019, as {@code jdk.random} has it). */
    public RandomGenerator generator() {
        return RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(value);
    }

    /** A uniformly random order of 0 until {@code size} (Fisher and Yates). */
    public int[] permutation(int size) {
        RandomGenerator random = generator();
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static long avalanche(long word) {
        long z = word;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
