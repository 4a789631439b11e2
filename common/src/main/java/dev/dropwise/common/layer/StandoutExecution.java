package dev.dropwise.common.layer;

import dev.dropwise.common.dropout.Standout;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A dense layer with standout at work: keeps its output and its mask for the way back. */
final class StandoutExecution extends AffineExecution {
    private static final long serialVersionUID = 1L;

    private transient @Nullable INDArray mask;

    StandoutExecution(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        Standout noise = ((StandoutLayer) conf.getLayer()).noise();
        INDArray z = affine().product(operand(training, workspaces), weights(), workspaces);
        affine().addBias(z, bias());
        INDArray factors = training ? noise.mask(z, getIterationCount(), getEpochCount()) : noise.retained(z);
        mask = training ? factors : null;
        // Where the mask is 0 a stage that keeps the output keeps 0 instead, but there the gradient is 0 as well.
        INDArray output = stage().activate(z, null, training, workspaces).muli(factors);
        // A stock layer behind may drop units in place.
        return training ? stage().apart(output, workspaces) : output;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray drawn = mask;
        if (drawn == null) {
            throw new IllegalStateException(layerId() + ": backprop without a forward pass in training mode before it");
        }
        INDArray delta = stage().backprop(epsilon.castTo(drawn.dataType()), workspaces);
        if (!stage().isFlatBelowZero()) {
            delta.muli(drawn);
        }
        return backprop(delta, weights(), workspaces);
    }

    @Override
    public void clear() {
        super.clear();
        mask = null;
    }
}
