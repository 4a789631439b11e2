package dev.dropwise.common.model;

import dev.dropwise.common.data.ImageShape;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * A network to be trained: what it computes and what it is fed.
 *
 * @param configuration in stock Deeplearning4j layers and Dropwise's dropouts; FLOAT
 * @param flatInput true: a mini-batch is {@code [b, c*h*w]}, each example channel by channel and row by row; false:
 *     {@code [b, c, h, w]}
 */
public record Model(MultiLayerConfiguration configuration, boolean flatInput) {
    /** The shape of a mini-batch of {@code size} images. */
    public long[] inputShape(int size, ImageShape image) {
        return flatInput
                ? new long[] {size, image.length()}
                : new long[] {size, image.channels(), image.height(), image.width()};
    }
}
