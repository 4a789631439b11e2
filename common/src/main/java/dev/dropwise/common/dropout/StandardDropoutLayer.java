package dev.dropwise.common.dropout;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer without parameters that does both halves of standard dropout: {@code y = m x} in training, {@code y = (1 - p) x} in
 * evaluation, see {@link StandardDropout}. Stands before a dense, convolution or output layer, into whose weights the factor
 * 1 - p can be folded; leaves its input as it is.
 */
public final class StandardDropoutLayer extends DropoutLayer {
    private static final long serialVersionUID = 1L;

    /** For Jackson, which sets the dropout afterwards. */
    public StandardDropoutLayer() {}

    /** A layer that does {@code dropout} in training. */
    public StandardDropoutLayer(StandardDropout dropout) {
        setIDropout(dropout);
    }

    /** 1 - p. */
    public double evaluationFactor() {
        return 1 - ((StandardDropout) getIDropout()).dropProbability();
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        Execution layer = new Execution(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialize));
        return layer;
    }

    /** The layer at work; the way back is the stock one's. */
    private static final class Execution extends org.deeplearning4j.nn.layers.DropoutLayer {
        private static final long serialVersionUID = 1L;

        Execution(NeuralNetConfiguration configuration, DataType type) {
            super(configuration, type);
        }

        @Override
        public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
            assertInputSet(false);
            StandardDropoutLayer own = (StandardDropoutLayer) layerConf();
            INDArray output =
                    workspaces.createUninitialized(ArrayType.ACTIVATIONS, input.dataType(), input.shape(), 'c');
            return training
                    ? own.getIDropout().applyDropout(input, output, getIterationCount(), getEpochCount(), workspaces)
                    : input.muli(own.evaluationFactor(), output);
        }

        /** Refused: a fast layer below keeps its output, which is this layer's input, for its own way back. */
        @Override
        public void allowInputModification(boolean allow) {
            super.allowInputModification(false);
        }
    }
}
