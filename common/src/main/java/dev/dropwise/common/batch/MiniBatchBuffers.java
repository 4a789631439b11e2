package dev.dropwise.common.batch;

import dev.dropwise.common.augment.ImageAugmenter;
import dev.dropwise.common.data.ImageShape;
import java.util.HashMap;
import java.util.Map;

/**
 * One reusable {@link MiniBatch} per size, since near-equal mini-batches come in few sizes. What {@code gather} returns is valid until
 * the next call with the same size. For one thread.
 */
public final class MiniBatchBuffers {
    private final ImageShape shape;
    private final boolean flat;
    private final int classes;
    private final Map<Integer, MiniBatch> bySize = new HashMap<>();

    /**
     * @param flat true for features [b, length], false for [b, channels, height, width]
     */
    public MiniBatchBuffers(ImageShape shape, boolean flat, int classes) {
        this.shape = shape;
        this.flat = flat;
        this.classes = classes;
    }

    /** Gathers the examples {@code order[from]} until {@code order[to]} of {@code block}. */
    public MiniBatch gather(ExampleBlock block, int[] order, int from, int to) {
        MiniBatch batch = ofSize(to - from);
        for (int i = from; i < to; i++) {
            batch.put(i - from, block, order[i]);
        }
        return batch;
    }

    /**
     * As {@link #gather(ExampleBlock, int[], int, int)}, each image distorted by {@code augmenter} as it does an example of that number
     * where it stands.
     */
    public MiniBatch gather(ExampleBlock block, int[] order, int from, int to, ImageAugmenter augmenter) {
        if (augmenter.isIdentity()) {
            return gather(block, order, from, to);
        }
        MiniBatch batch = ofSize(to - from);
        for (int i = from; i < to; i++) {
            batch.put(i - from, block, order[i], augmenter);
        }
        return batch;
    }

    /** Gathers the examples {@code from} until {@code to} of {@code block} in their own order. */
    public MiniBatch gather(ExampleBlock block, int from, int to) {
        MiniBatch batch = ofSize(to - from);
        for (int i = from; i < to; i++) {
            batch.put(i - from, block, i);
        }
        return batch;
    }

    private MiniBatch ofSize(int size) {
        return bySize.computeIfAbsent(
                size,
                b -> new MiniBatch(
                        flat
                                ? new long[] {b, shape.length()}
                                : new long[] {b, shape.channels(), shape.height(), shape.width()},
                        classes));
    }
}
