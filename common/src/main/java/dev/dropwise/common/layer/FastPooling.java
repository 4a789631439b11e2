package dev.dropwise.common.layer;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The configuration of a stock max-pooling layer whose work the {@link FastConvolution} below it does. */
public final class FastPooling extends SubsamplingLayer {
    private static final long serialVersionUID = 1L;

    /** For JSON and {@link FastLayers}, which set every field afterwards. */
    public FastPooling() {}

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        return Instantiation.complete(new PoolingExecution(conf, dataType), listeners, index, parameters, initialize);
    }
}
