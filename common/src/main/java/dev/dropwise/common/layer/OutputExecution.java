package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * An output layer that takes softmax, cross-entropy and their common gradient p - y in one pass in single precision.
 * Other losses, activations and precisions, and layers with weight noise or masks, run as in the superclass.
 */
final class OutputExecution extends OutputLayer {
    private static final long serialVersionUID = 1L;

    private final transient AffineMap affine;
    private final transient SoftmaxCrossEntropy loss;
    private double lossSum = Double.NaN;

    OutputExecution(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        this.affine = new AffineMap(dataType);
        this.loss = new SoftmaxCrossEntropy();
    }

    private boolean isPlain() {
        return dataType == DataType.FLOAT
                && layerConf().getActivationFn() instanceof ActivationSoftmax
                && layerConf().getWeightNoise() == null
                && maskArray == null
                && affine.accepts(input, getParam(DefaultParamInitializer.WEIGHT_KEY));
    }

    private boolean isFusable() {
        return isPlain()
                && layerConf().getLossFn() instanceof LossMCXENT crossEntropy
                && crossEntropy.getWeights() == null
                && labels.rank() == 2
                && labels.dataType() == DataType.FLOAT
                && labels.size(0) == input.size(0)
                && labels.size(1) == layerConf().getNOut();
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        return isPlain() ? probabilities(training, workspaces) : super.activate(training, workspaces);
    }

    private INDArray probabilities(boolean training, LayerWorkspaceMgr workspaces) {
        applyDropOutIfNecessary(training, workspaces);
        INDArray z = affine.product(input, getParam(DefaultParamInitializer.WEIGHT_KEY), workspaces);
        FloatBuffer bias =
                hasBias() ? ArrayMemory.buffer(getParam(DefaultParamInitializer.BIAS_KEY)) : FloatBuffer.allocate(0);
        loss.softmax(ArrayMemory.buffer(z), bias, (int) z.size(0), (int) z.size(1));
        return z;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        lossSum = Double.NaN;
        if (!isFusable()) {
            return super.backpropGradient(epsilon, workspaces);
        }
        double clip = ((LossMCXENT) layerConf().getLossFn()).getSoftmaxClipEps();
        INDArray delta = probabilities(true, workspaces);
        lossSum = loss.subtractLabels(
                ArrayMemory.buffer(delta), ArrayMemory.buffer(ArrayMemory.rowMajor(labels)), delta.length(), clip);
        INDArray weights = getParam(DefaultParamInitializer.WEIGHT_KEY);
        Gradient gradient = gradientOf(delta);
        if (getIndex() == 0) {
            return new Pair<>(gradient, null);
        }
        return new Pair<>(gradient, backpropDropOutIfPresent(affine.inputGradient(delta, weights, workspaces)));
    }

    private Gradient gradientOf(INDArray delta) {
        Gradient gradient = new DefaultGradient();
        INDArray weightGradient = gradientView(DefaultParamInitializer.WEIGHT_KEY);
        affine.weightGradient(input, delta, weightGradient);
        gradient.gradientForVariable().put(DefaultParamInitializer.WEIGHT_KEY, weightGradient);
        if (hasBias()) {
            INDArray biasGradient = gradientView(DefaultParamInitializer.BIAS_KEY);
            affine.biasGradient(delta, biasGradient);
            gradient.gradientForVariable().put(DefaultParamInitializer.BIAS_KEY, biasGradient);
        }
        return gradient;
    }

    /** The loss of the last backprop when {@code training}, which has computed it already. */
    @Override
    public double computeScore(double fullNetRegTerm, boolean training, LayerWorkspaceMgr workspaces) {
        if (!training || Double.isNaN(lossSum)) {
            return super.computeScore(fullNetRegTerm, training, workspaces);
        }
        score = (conf().isMiniBatch() ? lossSum / getInputMiniBatchSize() : lossSum) + fullNetRegTerm;
        return score;
    }

    @Override
    public void setLabels(INDArray labels) {
        super.setLabels(labels);
        lossSum = Double.NaN;
    }

    private INDArray gradientView(String parameter) {
        return Objects.requireNonNull(gradientViews.get(parameter), parameter);
    }

    @Override
    public void clear() {
        super.clear();
        lossSum = Double.NaN;
    }

    /** Refused: the layer below keeps its output, which is this layer's input, for its own way back. */
    @Override
    public void allowInputModification(boolean allow) {
        super.allowInputModification(false);
    }
}
