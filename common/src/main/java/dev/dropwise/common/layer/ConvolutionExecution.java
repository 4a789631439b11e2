package dev.dropwise.common.layer;

import dev.dropwise.common.layer.OneDnnConvolution.Arriving;
import dev.dropwise.common.layer.PatchProduct.Kernels;
import java.util.Objects;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
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
        this.patches = new PatchProduct(fused == null ? Nonlinearity.of(new ActivationIdentity()) : fused, window());
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
        return ConvolutionShape.of(input, layerConf(), convolutionMode);
    }

    private boolean usesPatches() {
        return getIndex() == 0 && PatchProduct.suits(layerConf());
    }

    private int window() {
        return ((FastConvolution) layerConf()).getPoolingWindow();
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        if (input == null || !isPlain()) {
            requireUnpooled();
            stage.clear();
            return super.activate(training, workspaces);
        }
        applyDropOutIfNecessary(training, workspaces);
        ConvolutionShape shape = shape();
        if (!usesPatches()) {
            requireUnpooled();
            long[] size = {shape.examples(), layerConf().getNOut(), shape.output()[0], shape.output()[1]};
            INDArray z = workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, size, 'c');
            oneDnn.forward(input, parameters(), shape, z);
            return stage.activate(z, null, training, workspaces);
        }
        INDArray output = patches.forward(input, parameters(), shape, training, workspaces);
        return stage.nonlinearity() == null
                ? stage.activate(output, null, training, workspaces)
                : stage.keep(output, training);
    }

    private Kernels parameters() {
        return new Kernels(
                getParam(ConvolutionParamInitializer.WEIGHT_KEY),
                hasBias() ? getParam(ConvolutionParamInitializer.BIAS_KEY) : null);
    }

    /** The pooling layer above does nothing, relying on this one. */
    private void requireUnpooled() {
        if (window() > 1) {
            throw new IllegalStateException(
                    "convolution " + layerId() + ": expected float input of rank 4 without mask "
                            + "for a layer that pools its own output; use the stock configuration for other input");
        }
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (!stage.holdsActivation()) {
            requireUnpooled();
            return super.backpropGradient(epsilon, workspaces);
        }
        Kernels gradients = new Kernels(
                gradientView(ConvolutionParamInitializer.WEIGHT_KEY),
                hasBias() ? gradientView(ConvolutionParamInitializer.BIAS_KEY) : null);
        ConvolutionShape shape = shape();
        INDArray inputGradient = null;
        if (usesPatches()) {
            INDArray arriving = stage.nonlinearity() == null ? stage.backprop(epsilon, workspaces) : epsilon;
            patches.backprop(arriving, parameters(), shape, gradients);
        } else {
            Arriving arriving = new Arriving(input, stage.backprop(epsilon, workspaces));
            INDArray below = workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, shape.input(), 'c');
            oneDnn.backprop(arriving, parameters(), shape, gradients, below);
            inputGradient = getIndex() == 0 ? null : backpropDropOutIfPresent(below);
        }
        return new Pair<>(named(gradients), inputGradient);
    }

    private static Gradient named(Kernels gradients) {
        Gradient gradient = new DefaultGradient();
        if (gradients.bias() != null) {
            gradient.setGradientFor(ConvolutionParamInitializer.BIAS_KEY, gradients.bias());
        }
        gradient.setGradientFor(ConvolutionParamInitializer.WEIGHT_KEY, gradients.weights(), 'c');
        return gradient;
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
