package dev.dropwise.common.layer;

import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One training step of a network in two halves, between which gradients can be exchanged:
 *
 * <pre>{@code
 * double loss = step.gradient(features, labels);   // the gradient is now in step.gradientSum()
 * exchange.allReduce(step.gradientSum());
 * step.update(examplesOfAllRanks, iteration, epoch);
 * }</pre>
 *
 * Gives what the stock sequence {@code setInput, setLabels, computeGradientAndScore, getUpdater().update, subi,
 * applyConstraints} gives, but for what {@link WeightConstraints} says, without computing the score twice over and without allocation. One thread at a
 * time; working memory belongs to the thread and is shared by all steps that run on it.
 */
public final class TrainingStep {
    private final MultiLayerNetwork network;
    private final LayerWorkspaceMgr workspaces;
    private final ParameterUpdate parameterUpdate;
    private final int[] firstParameters;
    private final WeightConstraints constraints;

    /**
     * A step for {@code network}, which must end in an output layer and be initialised.
     *
     * @throws IllegalArgumentException when the last layer takes no labels
     */
    public TrainingStep(MultiLayerNetwork network) {
        if (!(network.getOutputLayer() instanceof IOutputLayer)) {
            throw new IllegalArgumentException(
                    "training step: expected an output layer at the end of the network, found "
                            + network.getOutputLayer().getClass().getSimpleName());
        }
        this.network = network;
        this.workspaces = StepWorkspace.manager();
        if (network.getFlattenedGradients() == null) {
            network.initGradientsView();
        }
        this.parameterUpdate = new ParameterUpdate(network);
        this.firstParameters = firstParameters(network.getLayers());
        this.constraints = new WeightConstraints(network.getLayers());
        shareScratch(network.getLayers());
    }

    /** One panel of weights for all hidden layers: the same megabytes stay in the cache from layer to layer. */
    private static void shareScratch(Layer[] layers) {
        SparseProduct shared = new SparseProduct();
        for (Layer layer : layers) {
            if (layer instanceof AffineExecution execution) {
                execution.affine().multiplyBy(shared);
            }
        }
    }

    private static int[] firstParameters(Layer[] layers) {
        int[] first = new int[layers.length];
        for (int i = 1; i < layers.length; i++) {
            first[i] = Math.toIntExact(first[i - 1] + layers[i - 1].numParams());
        }
        return first;
    }

    /** Computes the gradient as {@link #gradient(INDArray, INDArray, BackwardListener)} does, and tells nobody on the way. */
    public double gradient(INDArray features, INDArray labels) {
        return gradient(features, labels, BackwardListener.none());
    }

    /**
     * Computes the gradient of the loss, summed over the mini-batch, into {@link #gradientSum}, but for what {@code listener} takes as
     * factors.
     *
     * @param features in the layout of the network's input, row-major
     * @param labels of the same number of examples
     * @param listener told after each layer but the lowest, and asked about factors of each, unless the loss is not finite; what it
     *     throws ends the step
     * @return the loss summed over the mini-batch, without the penalties of L1 and L2
     */
    @SuppressWarnings("try") // the scope acts by being open
    public double gradient(INDArray features, INDArray labels, BackwardListener listener) {
        Layer[] layers = network.getLayers();
        int examples = (int) features.size(0);
        network.setInputMiniBatchSize(examples);
        try (MemoryWorkspace scope = workspaces.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
            forward(layers, features, examples);
            ((IOutputLayer) network.getOutputLayer()).setLabels(labels);
            return backward(layers, examples, listener);
        } finally {
            clear(layers);
        }
    }

    private void forward(Layer[] layers, INDArray features, int examples) {
        INDArray activation = features;
        for (int i = 0; i < layers.length; i++) {
            layers[i].setIterationCount(network.getIterationCount());
            layers[i].setEpochCount(network.getEpochCount());
            InputPreProcessor before = network.getLayerWiseConfigurations().getInputPreProcess(i);
            if (before != null) {
                activation = before.preProcess(activation, examples, workspaces);
            }
            if (i < layers.length - 1) {
                activation = layers[i].activate(activation, true, workspaces);
            } else {
                layers[i].setInput(activation, workspaces);
            }
        }
    }

    /** The loss summed over the mini-batch. */
    private double backward(Layer[] layers, int examples, BackwardListener listener) {
        Gradient all = new DefaultGradient(network.getFlattenedGradients());
        INDArray epsilon = null;
        double loss = Double.NaN;
        for (int i = layers.length - 1; i >= 0 && !(layers[i] instanceof FrozenLayer); i--) {
            AffineExecution affine = layers[i] instanceof AffineExecution execution ? execution : null;
            if (affine != null) {
                affine.factor(listener.takesFactors(), firstParameters[i]);
            }
            Pair<Gradient, INDArray> pair = layers[i].backpropGradient(epsilon, workspaces);
            Gradient own = pair.getFirst();
            for (Map.Entry<String, INDArray> entry : own.gradientForVariable().entrySet()) {
                all.setGradientFor(
                        i + "_" + entry.getKey(), entry.getValue(), own.flatteningOrderForVariable(entry.getKey()));
            }
            epsilon = pair.getSecond();
            InputPreProcessor before = network.getLayerWiseConfigurations().getInputPreProcess(i);
            if (before != null && i > 0) {
                epsilon = before.backprop(epsilon, examples, workspaces);
            }
            if (i == layers.length - 1) {
                // Before anybody is told: whoever listens may change the parameters that the loss depends on.
                loss = lossSum(examples);
            }
            if (Double.isFinite(loss)) {
                tell(listener, affine, i);
            }
        }
        network.setGradient(all);
        return loss;
    }

    private void tell(BackwardListener listener, @Nullable AffineExecution affine, int layer) {
        SufficientFactors factors = affine == null ? null : affine.factors();
        if (affine != null && factors != null && !listener.takes(factors)) {
            affine.multiplyOut(factors);
        }
        if (layer > 0) {
            listener.finished(firstParameters[layer]);
        }
    }

    private double lossSum(int examples) {
        IOutputLayer output = (IOutputLayer) network.getOutputLayer();
        double score = output.computeScore(0, true, workspaces);
        output.clearNoiseWeightParams();
        return network.conf().isMiniBatch() ? score * examples : score;
    }

    private static void clear(Layer[] layers) {
        for (Layer layer : layers) {
            layer.clear();
            layer.clearNoiseWeightParams();
        }
    }

    /** Where in the flat vectors each layer's parameters begin: what a {@link BackwardListener} is told. */
    public int[] firstParameters() {
        return firstParameters.clone();
    }

    /** The network's flat gradient vector itself: what {@link #gradient} writes and {@link #update} reads. */
    public INDArray gradientSum() {
        return network.getFlattenedGradients();
    }

    /**
     * Applies regularisation, updater, and constraints to the parameters. The gradient's contents are undefined after
     * it.
     *
     * @param examples how many examples {@link #gradientSum} sums over, on all ranks together
     * @param iteration updates before this one, which schedules and Adam's bias correction depend on
     * @param epoch epochs before this one
     */
    public void update(int examples, int iteration, int epoch) {
        parameterUpdate.apply(examples, iteration, epoch);
        finishUpdate(iteration, epoch);
    }

    /**
     * What {@link #update} does but for {@link #finishUpdate}, range by range. Empty where penalties, gradient normalisation,
     * other updaters than Adam, Nesterov momentum and plain descent, or double precision need the whole vectors.
     */
    public Optional<ElementwiseUpdate> elementwise() {
        return parameterUpdate.elementwise();
    }

    /** Ends an update whose parameters are all in place: applies constraints, which look at all weights of a unit. */
    public void finishUpdate(int iteration, int epoch) {
        constraints.apply(iteration, epoch);
        network.setIterationCount(iteration + 1);
    }

    /** Whether any parameter has a constraint, such as max-norm. */
    public boolean isConstrained() {
        return !constraints.isEmpty();
    }
}
