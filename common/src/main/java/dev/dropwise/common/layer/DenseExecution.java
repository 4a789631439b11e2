package dev.dropwise.common.layer;

import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dense layer that keeps what backprop needs instead of computing the forward product again, and that leaves out the
 * gradient of the network's own input. Layers with weight noise, layer normalisation or a mask run as in the superclass.
 */
final class DenseExecution extends DenseLayer {
    private static final long serialVersionUID = 1L;

    private final transient AffineMap affine;
    private final transient ActivationStage stage;

    DenseExecution(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        this.affine = new AffineMap(dataType);
        this.stage = new ActivationStage(layerConf().getActivationFn(), dataType);
    }

    private boolean isPlain() {
        return layerConf().getWeightNoise() == null
                && !hasLayerNorm()
                && maskArray == null
                && affine.accepts(input, getParam(DefaultParamInitializer.WEIGHT_KEY));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        if (!isPlain()) {
            stage.clear();
            return super.activate(training, workspaces);
        }
        applyDropOutIfNecessary(training, workspaces);
        INDArray bias = hasBias() ? getParam(DefaultParamInitializer.BIAS_KEY) : null;
        INDArray z = affine.product(input, getParam(DefaultParamInitializer.WEIGHT_KEY), workspaces);
        return stage.activate(z, bias, training, workspaces);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (!stage.holdsActivation()) {
            return super.backpropGradient(epsilon, workspaces);
        }
        INDArray delta = stage.backprop(epsilon, workspaces);
        Gradient gradient = new DefaultGradient();
        if (hasBias()) {
            INDArray biasGradient = gradientView(DefaultParamInitializer.BIAS_KEY);
            affine.biasGradient(delta, biasGradient);
            gradient.gradientForVariable().put(DefaultParamInitializer.BIAS_KEY, biasGradient);
        }
        INDArray weightGradient = gradientView(DefaultParamInitializer.WEIGHT_KEY);
        Gemm.multiply(Gemm.Operand.transposed(input), Gemm.Operand.plain(delta), weightGradient);
        gradient.gradientForVariable().put(DefaultParamInitializer.WEIGHT_KEY, weightGradient);
        if (getIndex() == 0) {
            return new Pair<>(gradient, null);
        }
        INDArray weights = getParam(DefaultParamInitializer.WEIGHT_KEY);
        return new Pair<>(gradient, backpropDropOutIfPresent(affine.inputGradient(delta, weights, workspaces)));
    }

    private INDArray gradientView(String parameter) {
        return Objects.requireNonNull(gradientViews.get(parameter), parameter);
    }

    @Override
    public void clear() {
        super.clear();
        stage.clear();
    }

    /** Refused: the layer below keeps its output, which is this layer's input, for its own way back. */
    @Override
    public void allowInputModification(boolean allow) {
        super.allowInputModification(false);
    }
}
