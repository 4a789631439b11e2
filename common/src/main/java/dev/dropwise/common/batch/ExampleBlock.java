package dev.dropwise.common.batch;

import dev.dropwise.common.augment.ImageAugmenter;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.data.Normalisation;
import dev.dropwise.common.failure.DropwiseException;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Examples in memory in their final form: normalised floats outside the Java heap, one after the other, and their labels.
 * Written once, then only read; not tied to a thread.
 */
public final class ExampleBlock {
    /** As many as a direct buffer of 2 GB takes. */
    private static final int MOST_VALUES = Integer.MAX_VALUE / Float.BYTES;

    private final ImageShape shape;
    private final byte[] labels;
    private final INDArray memory;
    private final FloatBuffer features;

    /** Normalises {@code examples} into a block of its own. */
    public ExampleBlock(Examples examples, Normalisation normalisation) {
        this.shape = examples.shape();
        this.labels = examples.labels().clone();
        long values = (long) examples.count() * shape.length();
        if (values > MOST_VALUES) {
            throw DropwiseException.configuration(examples.count() + " examples of " + shape.length()
                    + " values are more than the " + MOST_VALUES
                    + " that one block holds; use more shards, or lower --train-limit or --validation");
        }
        this.memory = Nd4j.createUninitialized(DataType.FLOAT, Math.max(1, values));
        this.features = NativeFloats.of(memory);
        normalisation.apply(examples.pixels(), 0, examples.count(), shape, features.duplicate());
    }

    /** How many examples there are. */
    public int count() {
        return labels.length;
    }

    /** Shape of each. */
    public ImageShape shape() {
        return shape;
    }

    /** Label of one example. */
    public int label(int example) {
        return labels[example];
    }

    /** Copies one example's {@code shape().length()} floats to {@code target} from {@code index} on. */
    void copy(int example, FloatBuffer target, int index) {
        target.put(index, features, example * shape.length(), shape.length());
    }

    /** As {@link #copy}, distorted by {@code augmenter} as it distorts this example where it stands. */
    void augment(int example, ImageAugmenter augmenter, FloatBuffer target, int index) {
        augmenter.augment(example, features, target, index);
    }
}
