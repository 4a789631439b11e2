package dev.dropwise.common.model;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.dropout.Dropouts;
import dev.dropwise.common.dropout.StandardDropout;
import dev.dropwise.common.dropout.StandardDropoutLayer;
import dev.dropwise.common.layer.NoisyLayers;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Lines up a network's layers, giving each its weight init, penalties, constraint and dropout. */
final class NetworkBuilder {
    private final ModelConfig config;
    private final UpdaterConfig updater;
    private final long runSeed;
    private final List<Layer> layers = new ArrayList<>();
    private InputType current = InputType.feedForward(1);
    private InputType input = current;
    private final ImageShape image;
    private DropoutSpec dropping;
    private boolean first = true;

    NetworkBuilder(ModelConfig config, UpdaterConfig updater, ImageShape image, long runSeed) {
        this.config = config;
        this.updater = updater;
        this.runSeed = runSeed;
        this.image = image;
        this.dropping = config.inputDropout();
    }

    NetworkBuilder flatInput() {
        return startWith(InputType.feedForward(image.length()));
    }

    NetworkBuilder imageInput() {
        return startWith(InputType.convolutional(image.height(), image.width(), image.channels()));
    }

    private NetworkBuilder startWith(InputType type) {
        input = type;
        current = type;
        return this;
    }

    /** The dropout on the input of the next layers with weights; the first layer's is the input dropout anyway. */
    NetworkBuilder dropping(DropoutSpec spec) {
        dropping = spec;
        return this;
    }

    NetworkBuilder droppingAsConfigured() {
        return dropping(config.dropout());
    }

    NetworkBuilder convolution(int filters, int kernel, ConvolutionMode mode, int padding) {
        var layer = new ConvolutionLayer.Builder(kernel, kernel)
                .stride(1, 1)
                .padding(padding, padding)
                .convolutionMode(mode)
                .nOut(filters);
        // [filters, channels, height, width]: a filter's incoming weights lie along the last three.
        return weighted(layer, 1, 2, 3).activation();
    }

    NetworkBuilder pool(SubsamplingLayer.PoolingType type) {
        return add(noisy(new SubsamplingLayer.Builder(type)
                .kernelSize(2, 2)
                .stride(2, 2)
                .convolutionMode(ConvolutionMode.Truncate)
                .build()));
    }

    NetworkBuilder dense(int units, boolean batchNorm) {
        // Batch norm subtracts any bias; what is left of its gradient is rounding noise, which Adam would amplify.
        weighted(new DenseLayer.Builder().nOut(units).hasBias(!batchNorm), 0);
        if (batchNorm) {
            add(new BatchNormalization.Builder().build());
        }
        return activation();
    }

    /** Ends the network with a softmax over {@code classes}. */
    MultiLayerConfiguration output(int classes) {
        Regularisation penalty = config.regularisation();
        var output = new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(classes)
                .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                .weightInit(WeightInit.XAVIER)
                .l1(penalty.l1())
                .l2(penalty.l2());
        add(withDropout(output.build()));
        var list = new NeuralNetConfiguration.Builder()
                .seed(StreamKey.of(runSeed, Purpose.INIT).value())
                .dataType(DataType.FLOAT)
                .updater(rule())
                .trainingWorkspaceMode(WorkspaceMode.ENABLED)
                .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
                .list();
        layers.forEach(list::layer);
        return list.setInputType(input).build();
    }

    private NetworkBuilder weighted(FeedForwardLayer.Builder<?> layer, int... incoming) {
        Regularisation penalty = config.regularisation();
        layer.activation(org.nd4j.linalg.activations.Activation.IDENTITY)
                .weightInit(weightInit())
                .biasInit(0)
                .l1(penalty.l1())
                .l2(penalty.l2());
        if (penalty.maxNorm() > 0) {
            layer.constrainWeights(new MaxNormConstraint(penalty.maxNorm(), incoming));
        }
        return add(noisy(withDropout(layer.build())));
    }

    private Layer noisy(Layer layer) {
        return NoisyLayers.of(config.dropout(), layer, runSeed, layers.size());
    }

    private Layer withDropout(Layer layer) {
        DropoutSpec spec = first ? config.inputDropout() : onHidden(layer);
        if (spec.kind() == DropoutSpec.Kind.STANDARD && !spec.isNone()) {
            add(new StandardDropoutLayer(new StandardDropout(spec.dropProbability(), runSeed, layers.size())));
        } else {
            Dropouts.of(spec, image, runSeed, layers.size()).ifPresent(layer::setIDropout);
        }
        if (first) {
            first = false;
            dropping = config.dropout();
        }
        return layer;
    }

    /** Feature maps are dropped where there are some, whatever the model says about units. */
    private DropoutSpec onHidden(Layer layer) {
        if (config.dropout().kind().needsMaps()) {
            return layer instanceof ConvolutionLayer ? config.dropout() : DropoutSpec.NONE;
        }
        return dropping;
    }

    /** Puts the activation into the last layer where that can hold it, otherwise behind. */
    private NetworkBuilder activation() {
        Layer last = layers.get(layers.size() - 1);
        if (config.activation() == Activation.PRELU) {
            return add(prelu());
        }
        var function = switch (config.activation()) {
            case RELU -> org.nd4j.linalg.activations.Activation.RELU;
            case LEAKYRELU -> org.nd4j.linalg.activations.Activation.LEAKYRELU;
            case ELU -> org.nd4j.linalg.activations.Activation.ELU;
            case SELU -> org.nd4j.linalg.activations.Activation.SELU;
            case SIGMOID -> org.nd4j.linalg.activations.Activation.SIGMOID;
            case TANH -> org.nd4j.linalg.activations.Activation.TANH;
            case PRELU -> throw new IllegalStateException("PReLU is a layer");
        };
        if (last instanceof BatchNormalization) {
            return add(new ActivationLayer.Builder().activation(function).build());
        }
        ((BaseLayer) last).setActivationFn(function.getActivationFunction());
        return this;
    }

    private Layer prelu() {
        return current instanceof InputType.InputTypeConvolutional image
                ? AnyBatchPReLU.perChannel(image.getChannels(), image.getHeight(), image.getWidth())
                : AnyBatchPReLU.perUnit(current.arrayElementsPerExample());
    }

    private NetworkBuilder add(Layer layer) {
        if (layer instanceof DenseLayer || layer instanceof OutputLayer) {
            current = InputType.feedForward(current.arrayElementsPerExample());
        }
        current = layer.getOutputType(layers.size(), current);
        layers.add(layer);
        return this;
    }

    private WeightInit weightInit() {
        return switch (config.activation()) {
            case RELU, LEAKYRELU, PRELU, ELU -> WeightInit.RELU;
            case SELU -> WeightInit.LECUN_NORMAL;
            // Glorot and Bengio 2010: four times as wide as for tanh, whose slope at 0 is four times that of the
            // sigmoid.
            case SIGMOID -> WeightInit.SIGMOID_UNIFORM;
            case TANH -> WeightInit.XAVIER;
        };
    }

    private IUpdater rule() {
        IUpdater rule = switch (updater.kind()) {
            case ADAM -> new Adam(updater.learningRate());
            case NESTEROVS -> new Nesterovs(updater.learningRate(), updater.momentum());
            case SGD -> new Sgd(updater.learningRate());
        };
        if (!updater.schedule().isConstant()) {
            rule.setLrAndSchedule(Double.NaN, rates());
        }
        return rule;
    }

    /** The schedule in the stock form that stock Deeplearning4j restores: a rate for each epoch in which it changes. */
    private ISchedule rates() {
        Map<Integer, Double> rates = new TreeMap<>();
        updater.schedule().changes().forEach((epoch, factor) -> rates.put(epoch, updater.learningRate() * factor));
        return new MapSchedule(ScheduleType.EPOCH, rates);
    }
}
