package dev.dropwise.common.layer;

import java.util.Objects;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution layer on oneDNN, or on patches where those are faster, that keeps its output for the way back. Double
 * precision, NHWC and causal layers, and layers with weight noise or masks, run as in the superclass.
 */
final class ConvolutionExecution extends ConvolutionLayer {
    private static final long serialVersionUID = 1L;

    private final transient ActivationStage stage;
    private final transient PatchProduct patches;
    private final transient OneDnnConvolution oneDnn = new OneDnnConvolution();

    ConvolutionExecution(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        this.stage = new ActivationStage(layerConf().getActivationFn(), dataType);
        Nonlinearity fused = stage.nonlinearity();
        this.patches = new PatchProduct(fused == null ? Nonlinearity.of(new ActivationIdentity()) : fused);
    }

    private boolean isPlain() {
        return dataType == DataType.FLOAT
                && input.dataType() == DataType.FLOAT
                && input.rank() == 4
                && layerConf().getCnn2dDataFormat() == CNN2DFormat.NCHW
                && convolutionMode != ConvolutionMode.Causal
                && input.size(1)
                        == getParam(ConvolutionParamInitializer.WEIGHT_KEY).size(1)
                && layerConf().getWeightNoise() == null
                && maskArray == null;
    }

    private ConvolutionShape shape() {
        org.deeplearning4j.nn.conf.layers.ConvolutionLayer conf = layerConf();
        return ConvolutionShape.of(
                input, conf.getKernelSize(), conf.getStride(), conf.getPadding(), conf.getDilation(), convolutionMode);
    }

    private boolean usesPatches(ConvolutionShape shape) {
        return getIndex() == 0 && PatchProduct.suits(shape);
    }

    private @Nullable INDArray bias() {
        return hasBias() ? getParam(ConvolutionParamInitializer.BIAS_KEY) : null;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        if (input == null || !isPlain()) {
            stage.clear();
            return super.activate(training, workspaces);
        }
        applyDropOutIfNecessary(training, workspaces);
        INDArray kernels = getParam(ConvolutionParamInitializer.WEIGHT_KEY);
        ConvolutionShape shape = shape();
        if (!usesPatches(shape)) {
            return stage.activate(
                    oneDnn.forward(input, kernels, bias(), shape, workspaces), null, training, workspaces);
        }
        INDArray output = patches.forward(input, kernels, bias(), shape, workspaces);
        return stage.nonlinearity() == null
                ? stage.activate(output, null, training, workspaces)
                : stage.keep(output, training);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (!stage.holdsActivation()) {
            return super.backpropGradient(epsilon, workspaces);
        }
        INDArray kernelGradient = gradientView(ConvolutionParamInitializer.WEIGHT_KEY);
        INDArray biasGradient = hasBias() ? gradientView(ConvolutionParamInitializer.BIAS_KEY) : null;
        ConvolutionShape shape = shape();
        INDArray inputGradient = null;
        if (usesPatches(shape)) {
            INDArray arriving = stage.nonlinearity() == null ? stage.backprop(epsilon, workspaces) : epsilon;
            patches.backprop(stage.held(), arriving, kernelGradient, biasGradient);
        } else {
            INDArray kernels = getParam(ConvolutionParamInitializer.WEIGHT_KEY);
            OneDnnConvolution.Pass pass =
                    new OneDnnConvolution.Pass(input, kernels, bias(), kernelGradient, biasGradient);
            INDArray delta = stage.backprop(epsilon, workspaces);
            inputGradient = oneDnn.backprop(pass, delta, shape, workspaces);
            inputGradient = getIndex() == 0 ? null : backpropDropOutIfPresent(inputGradient);
        }
        Gradient gradient = new DefaultGradient();
        if (biasGradient != null) {
            gradient.setGradientFor(ConvolutionParamInitializer.BIAS_KEY, biasGradient);
        }
        gradient.setGradientFor(ConvolutionParamInitializer.WEIGHT_KEY, kernelGradient, 'c');
        return new Pair<>(gradient, inputGradient);
    }

    private INDArray gradientView(String parameter) {
        return Objects.requireNonNull(gradientViews.get(parameter), parameter);
    }

    @Override
    public void clear() {
        super.clear();
        stage.clear();
        patches.clear();
    }

    /** Refused: the layer below keeps its output, which is this layer's input, for its own way back. */
    @Override
    public void allowInputModification(boolean allow) {
        super.allowInputModification(false);
    }
}
