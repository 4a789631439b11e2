package dev.dropwise.common.layer;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dense layer that keeps what backprop needs instead of computing the forward product again. Layers with weight noise, layer
 * normalisation or a mask run as in the stock class.
 */
final class DenseExecution extends AffineExecution {
    private static final long serialVersionUID = 1L;

    DenseExecution(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    private boolean isPlain() {
        return layerConf().getWeightNoise() == null
                && !hasLayerNorm()
                && maskArray == null
                && affine().accepts(input, weights());
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        if (!isPlain()) {
            stage().clear();
            return super.activate(training, workspaces);
        }
        applyDropOutIfNecessary(training, workspaces);
        INDArray z = affine().product(input, weights(), workspaces);
        return stage().activate(z, bias(), training, workspaces);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (!stage().holdsActivation()) {
            return super.backpropGradient(epsilon, workspaces);
        }
        INDArray delta = stage().backprop(epsilon, workspaces);
        return backprop(delta, weights(), workspaces);
    }
}
