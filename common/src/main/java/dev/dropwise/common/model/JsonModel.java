package dev.dropwise.common.model;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.dropout.Cutout;
import dev.dropwise.common.dropout.Dropouts;
import dev.dropwise.common.dropout.KeyedNoise;
import dev.dropwise.common.dropout.NestedLayers;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.layer.NoisyLayers;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.List;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A network that the user wrote as a Deeplearning4j configuration. The file decides: its own updater, activations,
 * penalties and constraints stand. Three things are the run's: the seed of the initial weights; dropout given on the command
 * line, for each dense, convolution and plain output layer that has none of its own, neither on its input nor inside, and none in a
 * dropout layer right before it (convolutions alone for kinds that drop parts of
 * feature maps; dense layers or max-pooling layers for kinds that work inside of them); and Deeplearning4j's own dropouts are
 * replaced by Dropwise's of the same distribution, because masks must come from keyed streams. Its PReLU gets the backward pass of
 * {@link AnyBatchPReLU}.
 */
public final class JsonModel {
    private JsonModel() {}

    /**
     * Reads a network for images of {@code image} in {@code classes} classes.
     *
     * @param config its name is the file's, for messages; its dropout is added as told above
     * @param json the text of a MultiLayerConfiguration
     * @throws DropwiseException (configuration) for text that is none, truncated BPTT, another algorithm than plain descent, another data type
     *     than FLOAT, noise that cannot be keyed, dropout that a layer would ignore, dropout of the command line that no layer takes, or sizes that do not fit the data
     */
    public static Model parse(ModelConfig config, String json, ImageShape image, int classes, long runSeed) {
        MultiLayerConfiguration network = ConfigurationJson.read(
                json,
                found -> DropwiseException.configuration(config.name()
                        + ": expected the JSON of a Deeplearning4j MultiLayerConfiguration, as its toJson() gives it, found "
                        + found));
        if (network.getBackpropType() != BackpropType.Standard) {
            throw DropwiseException.configuration(
                    config.name() + ": expected backpropType Standard, found " + network.getBackpropType()
                            + "; truncated BPTT updates within a step, which ranks cannot exchange");
        }
        if (network.getDataType() != DataType.FLOAT) {
            throw DropwiseException.configuration(
                    config.name() + ": expected dataType FLOAT, in which ranks exchange gradients, found "
                            + network.getDataType() + "; write the configuration with dataType FLOAT");
        }
        requirePlainDescent(config.name(), network);
        boolean flat = flatInput(config.name(), network, image);
        requireClasses(config.name(), network, flat, image, classes);
        requireFirstTakes(config, network);
        boolean own = DropoutPlaces.hasAny(network, 0);
        for (int index = 0; index < network.getConfs().size(); index++) {
            if (network.getConf(index).getLayer().getClass() == PReLULayer.class) {
                network.getConf(index).setLayer(AnyBatchPReLU.like((PReLULayer)
                        network.getConf(index).getLayer()));
            }
            network.getConf(index).setSeed(StreamKey.of(runSeed, Purpose.INIT).value());
            keyNoise(config, network, index, image, runSeed);
        }
        KindRules.check(config, network);
        requireTaken(config, network, own);
        return new Model(network, flat);
    }

    /** What the training loop does, whatever the file says. */
    private static void requirePlainDescent(String name, MultiLayerConfiguration network) {
        for (int index = 0; index < network.getConfs().size(); index++) {
            NeuralNetConfiguration layer = network.getConf(index);
            if (layer.getOptimizationAlgo() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT
                    || !layer.isMinimize()) {
                throw DropwiseException.configuration(name + ": layer " + index
                        + ": expected optimizationAlgo STOCHASTIC_GRADIENT_DESCENT and minimize true, found "
                        + layer.getOptimizationAlgo() + " and " + layer.isMinimize()
                        + "; ranks exchange the gradients of one step downhill: leave both at their defaults");
            }
        }
    }

    private static boolean flatInput(String name, MultiLayerConfiguration network, ImageShape image) {
        Layer first = network.getConf(0).getLayer();
        if (network.getInputPreProcess(0) instanceof FeedForwardToCnnPreProcessor pre) {
            requireEqual(
                    name,
                    "input image values",
                    image.length(),
                    pre.getInputHeight() * pre.getInputWidth() * pre.getNumChannels());
            return true;
        }
        if (first instanceof ConvolutionLayer convolution) {
            requireEqual(name, "input channels (nIn) of layer 0", image.channels(), convolution.getNIn());
            return false;
        }
        if (first instanceof DenseLayer || first instanceof BaseOutputLayer) {
            long inputs = ((org.deeplearning4j.nn.conf.layers.FeedForwardLayer) first).getNIn();
            requireEqual(name, "inputs (nIn) of layer 0", image.length(), inputs);
            return true;
        }
        throw DropwiseException.configuration(name + ": expected a dense or convolution layer first, found "
                + first.getClass().getSimpleName());
    }

    private static void requireClasses(
            String name, MultiLayerConfiguration network, boolean flat, ImageShape image, int classes) {
        InputType input = flat
                ? InputType.convolutionalFlat(image.height(), image.width(), image.channels())
                : InputType.convolutional(image.height(), image.width(), image.channels());
        int last = network.getConfs().size() - 1;
        if (!(network.getConf(last).getLayer() instanceof BaseOutputLayer output)) {
            throw DropwiseException.configuration(name + ": expected an output layer last, found "
                    + network.getConf(last).getLayer().getClass().getSimpleName());
        }
        requireEqual(name, "outputs (nOut) of the last layer", classes, output.getNOut());
        requireFitting(name, network, input);
    }

    private static void requireFitting(String name, MultiLayerConfiguration network, InputType input) {
        List<InputType> types;
        try {
            types = network.getLayerActivationTypes(input);
        } catch (DL4JException | IllegalStateException | IllegalArgumentException e) {
            throw DropwiseException.configuration(name + ": layers do not fit " + input + ": " + e.getMessage());
        }
        for (int index = 1; index < types.size(); index++) {
            InputType before = types.get(index - 1);
            Layer layer = network.getConf(index).getLayer();
            if (layer instanceof DenseLayer || layer instanceof BaseOutputLayer) {
                long inputs = ((org.deeplearning4j.nn.conf.layers.FeedForwardLayer) layer).getNIn();
                requireEqual(name, "inputs (nIn) of layer " + index, before.arrayElementsPerExample(), inputs);
            }
        }
    }

    private static void requireEqual(String name, String what, long expected, long found) {
        if (expected != found) {
            throw DropwiseException.configuration(name + ": " + what + ": expected " + expected
                    + " to fit the data and the layers before, found " + found);
        }
    }

    private static void keyNoise(
            ModelConfig config, MultiLayerConfiguration network, int index, ImageShape image, long runSeed) {
        if (network.getConf(index).getLayer().getIDropout() == null) {
            Layer own = NoisyLayers.of(config.dropout(), network.getConf(index).getLayer(), runSeed, index);
            network.getConf(index).setLayer(own);
        }
        Layer outer = network.getConf(index).getLayer();
        for (Layer layer : NestedLayers.of(outer)) {
            String where =
                    config.name() + ": layer " + index + " (" + layer.getClass().getSimpleName() + ")";
            if (layer instanceof BaseLayer base && base.getWeightNoise() != null) {
                throw unkeyed(where, "weight noise " + base.getWeightNoise());
            }
            requireKeyedActivations(where, layer);
            if (DropoutPlaces.isLeftByBuilder(layer)) {
                layer.setIDropout(null);
            } else if (layer.getIDropout() != null) {
                layer.setIDropout(keyed(where, layer.getIDropout(), image, runSeed, index));
            } else if (DropoutPlaces.takesGiven(network, index, layer)) {
                DropoutSpec spec = index == 0 ? config.inputDropout() : config.dropout();
                boolean mapsElsewhere = index > 0 && spec.kind().needsMaps() && !(layer instanceof ConvolutionLayer);
                if (!mapsElsewhere) {
                    Dropouts.of(spec, image, runSeed, index).ifPresent(layer::setIDropout);
                }
            }
        }
    }

    private static void requireKeyedActivations(String where, Layer layer) {
        boolean random = (layer instanceof BaseLayer base && base.getActivationFn() instanceof ActivationRReLU)
                || (layer instanceof ActivationLayer activation
                        && activation.getActivationFn() instanceof ActivationRReLU)
                || (layer instanceof AbstractLSTM lstm && lstm.getGateActivationFn() instanceof ActivationRReLU);
        if (random) {
            throw DropwiseException.configuration(
                    where + ": activation RReLU draws its slopes from a generator that all workers seed alike, and a"
                            + " resumed run anew; use LEAKYRELU, or a PReLULayer, whose slopes are learned");
        }
    }

    private static void requireFirstTakes(ModelConfig config, MultiLayerConfiguration network) {
        Layer first = network.getConf(0).getLayer();
        boolean takes = NestedLayers.of(first).stream()
                .anyMatch(layer -> layer.getIDropout() != null || DropoutPlaces.takesGiven(network, 0, layer));
        if (!config.inputDropout().isNone() && !takes) {
            throw DropwiseException.configuration(config.name() + ": layer 0 ("
                    + first.getClass().getSimpleName() + "): expected a dense, convolution or plain output layer for"
                    + " --input-dropout " + config.inputDropout()
                    + ", found one that would ignore it; leave it out, and put a DropoutLayer with it first in "
                    + config.name());
        }
    }

    /** @param own whether the file has any dropout */
    private static void requireTaken(ModelConfig config, MultiLayerConfiguration network, boolean own) {
        boolean hidden = network.getConfs().size() > 1;
        if (!config.dropout().isNone() && hidden && !own && !DropoutPlaces.hasAny(network, 1)) {
            List<String> found = network.getConfs().stream()
                    .map(each -> each.getLayer().getClass().getSimpleName())
                    .toList();
            throw DropwiseException.configuration(config.name()
                    + ": expected a dense, convolution or plain output layer"
                    + " behind layer 0 for --dropout " + config.dropout() + ", found " + String.join(", ", found)
                    + "; put a DropoutLayer where it should act, or use --dropout none");
        }
    }

    private static @Nullable IDropout keyed(String where, IDropout dropout, ImageShape image, long runSeed, int site) {
        if (dropout instanceof Cutout cutout && !cutout.isFor(image)) {
            throw DropwiseException.configuration(where + ": expected cutout on images of " + image.height() + "x"
                    + image.width() + " pixels, as the data has them, found one on " + cutout.imageSize()
                    + "; set its height and width, or use --input-dropout cutout:SIDE");
        }
        if (dropout instanceof KeyedNoise) {
            return dropout;
        }
        DropoutSpec spec = StockDropouts.like(dropout).orElseThrow(() -> unkeyed(where, "dropout " + dropout));
        return Dropouts.of(spec, image, runSeed, site).orElse(null);
    }

    private static DropwiseException unkeyed(String where, String what) {
        return DropwiseException.configuration(
                where + ": " + what + " draws from a generator that all workers seed alike;"
                        + " use Deeplearning4j's Dropout, GaussianDropout, SpatialDropout or AlphaDropout without a schedule, or a"
                        + " dropout of dev.dropwise.common.dropout");
    }
}
