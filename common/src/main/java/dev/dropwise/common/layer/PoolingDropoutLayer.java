package dev.dropwise.common.layer;

import dev.dropwise.common.dropout.NoisyLayer;
import dev.dropwise.common.dropout.PoolingDropout;
import java.util.Collection;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.annotation.JsonSetter;
import org.nd4j.shade.jackson.annotation.Nulls;

/**
 * A max-pooling layer that drops units before it takes the maximum (Wu and Gu, "Towards dropout training for convolutional
 * neural networks", Neural Networks 2015): in training the i-th largest of the n units of a window comes out with probability
 * (1-p) p^(i-1), and 0 with p^n; in evaluation the sum of the units weighted by those probabilities, which is the mean over
 * masks, exactly. See {@link PoolingDropout}.
 *
 * <p>Takes maps {@code [examples, channels, height, width]} whose units are not negative, for a dropped unit is 0 and must not
 * win. Windows of any size and stride, without padding, dilation or a last incomplete window. Of equal units the first in
 * row-major order counts as the larger one, which gets the gradient.
 */
public final class PoolingDropoutLayer extends SubsamplingLayer implements NoisyLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty("poolingDropout")
    @JsonSetter(nulls = Nulls.FAIL)
    private PoolingDropout poolingDropout = new PoolingDropout(0.5, 0, 0);

    /** For JSON and {@link NoisyLayers}, which set every field afterwards. */
    public PoolingDropoutLayer() {}

    void setNoise(PoolingDropout noise) {
        poolingDropout = noise;
    }

    @Override
    public PoolingDropout noise() {
        return poolingDropout;
    }

    @Override
    public String evaluation() {
        return "pooling dropout evaluates the sum of (1-p) p^(i-1) times the i-th largest unit of each window";
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        return Instantiation.complete(
                new PoolingDropoutExecution(conf, dataType), listeners, index, parameters, initialize);
    }

    @Override
    public PoolingDropoutLayer clone() {
        PoolingDropoutLayer clone = (PoolingDropoutLayer) super.clone();
        clone.poolingDropout = poolingDropout.copy();
        return clone;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof PoolingDropoutLayer that
                && poolingDropout.equals(that.poolingDropout);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), poolingDropout);
    }
}
