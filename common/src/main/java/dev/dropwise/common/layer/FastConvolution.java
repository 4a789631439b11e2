package dev.dropwise.common.layer;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The configuration of a stock convolution layer, executed by {@link ConvolutionExecution}. */
public final class FastConvolution extends ConvolutionLayer {
    private static final long serialVersionUID = 1L;

    private int poolingWindow = 1;

    /** For JSON and {@link FastLayers}, which set every field afterwards. */
    public FastConvolution() {}

    /** Height and width of the max-pooling that this layer does for the one above it; 1 for none. */
    public int getPoolingWindow() {
        return poolingWindow;
    }

    /** Sets {@link #getPoolingWindow}. */
    public void setPoolingWindow(int poolingWindow) {
        this.poolingWindow = poolingWindow;
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
                new ConvolutionExecution(conf, dataType), listeners, index, parameters, initialize);
    }
}
