package dev.dropwise.common.dropout;

import dev.dropwise.common.batch.NativeFloats;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One pass over an array that multiplies each element by 0 with the drop probability and by one same value otherwise. Factors
 * are drawn, used and forgotten 2,048 at a time, and so never leave the first-level cache; kept in an array, they would take
 * as much memory as what they multiply, written on the way forward and read on both ways.
 *
 * <p>Element i in row-major order gets factor i of the {@link BernoulliMask} of the same key, probability and value. Holds
 * scratch memory: one thread at a time.
 */
final class BernoulliPass {
    private final double dropProbability;
    private final double kept;
    private final KeyedWords words = new KeyedWords();
    private final FloatBits bits = new FloatBits(KeyedWords.CHUNK);
    private final int[] chunk = new int[KeyedWords.CHUNK];
    private final float[] factors = new float[KeyedWords.CHUNK];
    private final float[] values = new float[KeyedWords.CHUNK];
    private final NoiseArray staged = new NoiseArray();

    /** With {@code kept} as the factor of what is not dropped. */
    BernoulliPass(double dropProbability, double kept) {
        this.dropProbability = dropProbability;
        this.kept = kept;
    }

    /**
     * Writes {@code (x - centre) f + offset} for each element x of {@code input} and its factor f to {@code result}.
     *
     * @param input of any type, order and stride
     * @param result FLOAT or DOUBLE, of the shape of {@code input}, of any order and stride; may be {@code input}
     */
    void apply(long key, INDArray input, double centre, double offset, INDArray result) {
        if (isPlain(input) && isPlain(result)) {
            apply(key, NativeFloats.of(input), (float) centre, (float) offset, NativeFloats.of(result));
            return;
        }
        INDArray copy = staged.of(result.dataType(), result.shape());
        copy.assign(input);
        if (staged.isSingle()) {
            FloatBuffer elements = NativeFloats.of(copy);
            apply(key, elements, (float) centre, (float) offset, elements);
        } else {
            apply(key, staged.doubles(), centre, offset);
        }
        result.assign(copy);
    }

    private static boolean isPlain(INDArray array) {
        return array.dataType() == DataType.FLOAT && array.ordering() == 'c' && array.elementWiseStride() == 1;
    }

    private void apply(long key, FloatBuffer input, float centre, float offset, FloatBuffer result) {
        int length = input.capacity();
        for (int at = 0; at < length; at += chunk.length) {
            int count = Math.min(chunk.length, length - at);
            draw(key, at, Float.floatToRawIntBits((float) kept));
            bits.toFloats(chunk, factors);
            input.get(at, values, 0, count);
            multiply(values, factors, centre, offset);
            result.put(at, values, 0, count);
        }
    }

    private void apply(long key, DoubleBuffer elements, double centre, double offset) {
        int length = staged.length();
        for (int at = 0; at < length; at += chunk.length) {
            draw(key, at, -1);
            for (int i = 0; i < Math.min(chunk.length, length - at); i++) {
                double factor = chunk[i] == 0 ? 0 : kept;
                elements.put(at + i, (elements.get(at + i) - centre) * factor + offset);
            }
        }
    }

    /** Fills the chunk with {@code keptBits} for what is not dropped and 0 for what is. */
    private void draw(long key, int first, int keptBits) {
        if (dropProbability == 0) {
            Arrays.fill(chunk, keptBits);
        } else {
            words.fill(key, first, chunk);
            BernoulliMask.keep(chunk, BernoulliMask.threshold(dropProbability), keptBits);
        }
    }

    // A static loop over whole arrays, which C2 turns into vector instructions.
    private static void multiply(float[] values, float[] factors, float centre, float offset) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] - centre) * factors[i] + offset;
        }
    }
}
