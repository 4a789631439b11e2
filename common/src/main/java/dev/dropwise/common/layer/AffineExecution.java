package dev.dropwise.common.layer;

import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What our executions of dense layers have in common: input, parameters and their gradients. They leave out the gradient of the
 * network's own input.
 */
abstract class AffineExecution extends DenseLayer {
    private static final long serialVersionUID = 1L;

    private final transient AffineMap affine;
    private final transient ActivationStage stage;
    private transient boolean factoring;
    private transient int firstWeight;
    private transient @Nullable SufficientFactors factors;

    AffineExecution(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        this.affine = new AffineMap(dataType);
        this.stage = new ActivationStage(layerConf().getActivationFn(), dataType);
    }

    final AffineMap affine() {
        return affine;
    }

    final ActivationStage stage() {
        return stage;
    }

    final INDArray weights() {
        return getParam(DefaultParamInitializer.WEIGHT_KEY);
    }

    /** The biases {@code [1, units]}, or null if the layer has none. */
    final @Nullable INDArray bias() {
        return hasBias() ? getParam(DefaultParamInitializer.BIAS_KEY) : null;
    }

    /** The input behind its own dropout, in a form that can be multiplied; {@link #input} from now on. */
    final INDArray operand(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        applyDropOutIfNecessary(training, workspaces);
        if (!affine.accepts(input, weights())) {
            input = input.castTo(dataType).dup('c');
        }
        return input;
    }

    /**
     * Whether {@link #backprop} may leave the gradient of the weights as factors from now on.
     *
     * @param first index of the layer's first parameter in the flat vectors
     */
    final void factor(boolean may, int first) {
        factoring = may;
        firstWeight = first;
        factors = null;
    }

    /** What the last {@link #backprop} has left of the gradient of the weights instead of the gradient, if anything. */
    final @Nullable SufficientFactors factors() {
        return factors;
    }

    /** Writes the gradient of the weights that {@code left} tell to where it belongs. */
    final void multiplyOut(SufficientFactors left) {
        INDArray weightGradient = gradientView(DefaultParamInitializer.WEIGHT_KEY);
        left.values(left.from(), left.end() - left.from(), ArrayMemory.buffer(weightGradient));
    }

    /** Whether the gradient of the weights is that of {@code input^T delta} and nothing else becomes of it. */
    boolean isFactorable() {
        return true;
    }

    /** Writes the gradients of weights and biases for {@code delta}, that of the pre-activation, to where they belong. */
    final Gradient parameterGradient(INDArray delta) {
        if (hasBias()) {
            affine.biasGradient(delta, gradientView(DefaultParamInitializer.BIAS_KEY));
        }
        INDArray weightGradient = gradientView(DefaultParamInitializer.WEIGHT_KEY);
        if (factoring && isFactorable()) {
            factors = affine.factors(delta, weightGradient, firstWeight);
        }
        if (factors == null) {
            affine.weightGradient(input, delta, weightGradient);
        }
        return parameterViews();
    }

    /** Where the gradients of weights and biases belong, by name. */
    final Gradient parameterViews() {
        Gradient gradient = new DefaultGradient();
        if (hasBias()) {
            gradient.gradientForVariable()
                    .put(DefaultParamInitializer.BIAS_KEY, gradientView(DefaultParamInitializer.BIAS_KEY));
        }
        gradient.gradientForVariable()
                .put(DefaultParamInitializer.WEIGHT_KEY, gradientView(DefaultParamInitializer.WEIGHT_KEY));
        return gradient;
    }

    /**
     * The way back from {@code delta}, the gradient of the pre-activation, through {@code weights}: gradients of the parameters and of the
     * input, null for the first layer.
     */
    final Pair<Gradient, INDArray> backprop(INDArray delta, INDArray weights, LayerWorkspaceMgr workspaces) {
        INDArray below = getIndex() == 0 ? null : affine.inputGradient(delta, weights, workspaces);
        // Last, so that the weights' gradient is in the cache for whoever sends it now.
        Gradient gradient = parameterGradient(delta);
        return new Pair<>(gradient, below == null ? null : backpropDropOutIfPresent(below));
    }

    private INDArray gradientView(String parameter) {
        return Objects.requireNonNull(gradientViews.get(parameter), parameter);
    }

    @Override
    public void clear() {
        super.clear();
        stage.clear();
        factoring = false;
        factors = null;
    }

    /** Refused: the layer below keeps its output, which is this layer's input, for its own way back. */
    @Override
    public void allowInputModification(boolean allow) {
        super.allowInputModification(false);
    }
}
