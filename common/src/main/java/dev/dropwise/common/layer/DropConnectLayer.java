package dev.dropwise.common.layer;

import dev.dropwise.common.dropout.DropConnect;
import dev.dropwise.common.dropout.NoisyLayer;
import java.util.Collection;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.annotation.JsonSetter;
import org.nd4j.shade.jackson.annotation.Nulls;

/**
 * A dense layer with DropConnect (Wan et al., "Regularization of neural networks using DropConnect", ICML 2013):
 * {@code y = a((M * W) v)} in training, v extended by 1 so that biases are masked too, and in evaluation the mean of a(u) over
 * samples u ~ N((1-p) W v, p (1-p) (W * W) (v * v)), the normal distribution with mean and variance of the masked
 * pre-activation. With no samples evaluation is {@code y = a((1-p) W v)}, which export folds into the weights. See
 * {@link DropConnect}.
 *
 * <p>Pre-activations have the same mean and variance in training and evaluation, exactly; outputs have the same mean as far as
 * the sum of many masked terms is normal, and samples are many. All examples meet the same samples of the standard normal
 * distribution, where the paper draws anew for each: the output for an example does not depend on its batch.
 */
public final class DropConnectLayer extends DenseLayer implements NoisyLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty("dropConnect")
    @JsonSetter(nulls = Nulls.FAIL)
    private DropConnect dropConnect = new DropConnect(0.5, DropConnect.Masks.EXAMPLE, DropConnect.USUAL_SAMPLES, 0, 0);

    /** For JSON and {@link NoisyLayers}, which set every field afterwards. */
    public DropConnectLayer() {}

    void setNoise(DropConnect noise) {
        dropConnect = noise;
    }

    @Override
    public DropConnect noise() {
        return dropConnect;
    }

    /** A stock layer that evaluates the same without samples once its parameters are multiplied by {@link DropConnect#retained}. */
    public DenseLayer stock() {
        return FastLayers.<DenseLayer>stripped(this, new DenseLayer());
    }

    /** Empty without samples: 1 - p can be folded into the weights. */
    @Override
    public String evaluation() {
        return dropConnect.samples() == 0
                ? ""
                : "dropconnect evaluates the mean of a(u) over samples u ~ N((1-p)Wv, p(1-p)(W*W)(v*v)), unless given eval=mean";
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
                new DropConnectExecution(conf, dataType), listeners, index, parameters, initialize);
    }

    @Override
    public DropConnectLayer clone() {
        DropConnectLayer clone = (DropConnectLayer) super.clone();
        clone.dropConnect = dropConnect.copy();
        return clone;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other) && other instanceof DropConnectLayer that && dropConnect.equals(that.dropConnect);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), dropConnect);
    }
}
