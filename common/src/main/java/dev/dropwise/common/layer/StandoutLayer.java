package dev.dropwise.common.layer;

import dev.dropwise.common.dropout.NoisyLayer;
import dev.dropwise.common.dropout.Standout;
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
 * A dense layer with standout on its output (Ba and Frey, "Adaptive dropout for training deep neural networks", NIPS 2013):
 * {@code y = m f(z)} in training with z = W x + b, m ~ Bernoulli(g) and g = sigma(alpha z + beta), and {@code y = g f(z)} in
 * evaluation, which is the mean of y over masks, exactly. See {@link Standout}.
 *
 * <p>The gradient holds masks fixed: {@code dy/dz = m f'(z)}, and nothing flows through g. That is the paper's practice, where
 * the belief network that gives g does not learn by itself but has alpha times the weights of the layer plus beta.
 */
public final class StandoutLayer extends DenseLayer implements NoisyLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty("standout")
    @JsonSetter(nulls = Nulls.FAIL)
    private Standout standout = new Standout(0.5, 0, 0);

    /** For JSON and {@link NoisyLayers}, which set every field afterwards. */
    public StandoutLayer() {}

    void setNoise(Standout noise) {
        standout = noise;
    }

    @Override
    public Standout noise() {
        return standout;
    }

    @Override
    public String evaluation() {
        return "standout evaluates y = g f(Wx + b) with g = sigma(alpha (Wx + b) + beta)";
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        return Instantiation.complete(new StandoutExecution(conf, dataType), listeners, index, parameters, initialize);
    }

    @Override
    public StandoutLayer clone() {
        StandoutLayer clone = (StandoutLayer) super.clone();
        clone.standout = standout.copy();
        return clone;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other) && other instanceof StandoutLayer that && standout.equals(that.standout);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), standout);
    }
}
