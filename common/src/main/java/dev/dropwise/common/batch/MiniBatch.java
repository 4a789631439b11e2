package dev.dropwise.common.batch;

import dev.dropwise.common.augment.ImageAugmenter;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A mini-batch that is filled again and again: features [b, length] or [b, channels, height, width] and one-hot labels
 * [b, classes], both FLOAT in c order. For one thread.
 */
public final class MiniBatch {
    private final INDArray features;
    private final INDArray labels;
    private final FloatBuffer featureFloats;
    private final FloatBuffer labelFloats;
    private final int classes;

    MiniBatch(long[] featureShape, int classes) {
        this.features = Nd4j.createUninitialized(DataType.FLOAT, featureShape);
        this.labels = Nd4j.zeros(DataType.FLOAT, featureShape[0], classes);
        this.featureFloats = NativeFloats.of(features);
        this.labelFloats = NativeFloats.of(labels);
        this.classes = classes;
    }

    /** Features of the examples last gathered. */
    public INDArray features() {
        return features;
    }

    /** Labels of the examples last gathered, one-hot. */
    public INDArray labels() {
        return labels;
    }

    /** How many examples it holds. */
    public int size() {
        return (int) labels.size(0);
    }

    void put(int row, ExampleBlock block, int example) {
        block.copy(example, featureFloats, row * block.shape().length());
        putLabel(row, block, example);
    }

    void put(int row, ExampleBlock block, int example, ImageAugmenter augmenter) {
        block.augment(example, augmenter, featureFloats, row * block.shape().length());
        putLabel(row, block, example);
    }

    private void putLabel(int row, ExampleBlock block, int example) {
        for (int c = 0; c < classes; c++) {
            labelFloats.put(row * classes + c, c == block.label(example) ? 1 : 0);
        }
    }
}
