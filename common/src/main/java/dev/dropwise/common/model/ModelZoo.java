package dev.dropwise.common.model;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Nearest;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer.PoolingType;

/**
 * The networks that have a name.
 *
 * <table>
 * <caption>Names</caption>
 * <tr><td>{@code mlp:H1,H2,...}</td><td>dense layers of H1, H2, ... units; {@code mlp} is {@code mlp:500}; dropout on the
 *     input of each layer but the first. With the suffix {@code +bn} batch norm stands between each hidden layer and its
 *     activation, and hidden layers have no bias.</td></tr>
 * <tr><td>{@code lenet}</td><td>conv 3x3x32, max-pool, conv 3x3x64, max-pool, dense 128, dropout (on the output layer's
 *     input alone); no padding.</td></tr>
 * <tr><td>{@code lenet5}</td><td>LeCun et al. 1998: conv 5x5x6, average-pool, conv 5x5x16, average-pool, dense 120, dense 84;
 *     images smaller than 32 pixels are padded by 2; dropout after each dense layer.</td></tr>
 * <tr><td>{@code cifar-cnn}</td><td>three times conv 3x3 and max-pool with 32, 64 and 128 filters, padded to keep the size, dense 256;
 *     dropout on the input of each layer with weights but the first.</td></tr>
 * </table>
 *
 * <p>Kinds of dropout that drop parts of feature maps are on the input of each convolution but the first instead, whatever the
 * model; standout and DropConnect are in each dense layer but the output, pooling in each max-pooling layer. The input dropout is on the first layer's input. All use softmax with cross-entropy, weights by He et al. (ReLU, leaky
 * ReLU, PReLU, ELU), LeCun (SELU) or Glorot (sigmoid, tanh, and the output layer), and zero biases. Initial weights are a function of the
 * run seed.
 */
public final class ModelZoo {
    private static final String MLP = "mlp";
    private static final String BATCH_NORM = "+bn";
    private static final List<String> NAMES = List.of("mlp:500", "lenet", "lenet5", "cifar-cnn");
    private static final int LARGEST_LAYER = 1 << 16;
    private static final int LENET5_SIDE = 32;
    private static final int SMALLEST_LENET = 10;
    private static final int SMALLEST_LENET5 = 12;
    private static final int SMALLEST_CIFAR = 8;

    private ModelZoo() {}

    /**
     * Refuses what {@link #model} would refuse. Loads no native library, so that a driver can ask before anything starts.
     *
     * @throws DropwiseException (configuration) for a name that is unknown, a layer size that is none, images too small, or a
     *     dropout that needs feature maps, max-pooling or another activation where there are none
     */
    public static void check(ModelConfig config, ImageShape image) {
        String name = config.name();
        LayerKindRules.check(config, name.endsWith(BATCH_NORM));
        switch (name) {
            case "lenet" -> requireSide(name, image, SMALLEST_LENET);
            case "lenet5" -> requireSide(name, image, SMALLEST_LENET5);
            case "cifar-cnn" -> requireSide(name, image, SMALLEST_CIFAR);
            default -> {
                hiddenUnits(name, withoutBatchNorm(name));
                requireNoMaps(name, "layer 0 (dense, on the input)", config.inputDropout());
                requireNoMaps(name, "layer 1 (dense)", config.dropout());
            }
        }
    }

    private static void requireNoMaps(String name, String layer, DropoutSpec dropout) {
        if (dropout.kind().needsMaps() && !dropout.isNone()) {
            throw DropwiseException.configuration("model " + name + ", " + layer + ": dropout " + dropout
                    + " needs feature maps, which only the input of a convolution has; choose a model with convolutions such"
                    + " as lenet or cifar-cnn, or dropout inverted:" + dropout.dropProbability());
        }
    }

    private static String withoutBatchNorm(String name) {
        return name.endsWith(BATCH_NORM) ? name.substring(0, name.length() - BATCH_NORM.length()) : name;
    }

    /**
     * Builds the network {@code config} names, for images of {@code image} in {@code classes} classes.
     *
     * @throws DropwiseException (configuration) for what {@link #check} refuses
     */
    public static Model model(ModelConfig config, UpdaterConfig updater, ImageShape image, int classes, long runSeed) {
        check(config, image);
        NetworkBuilder network = new NetworkBuilder(config, updater, image, runSeed);
        switch (config.name()) {
            case "lenet" -> lenet(network);
            case "lenet5" -> lenet5(network, image);
            case "cifar-cnn" -> cifar(network);
            default -> mlp(network, config.name());
        }
        return new Model(network.output(classes), config.name().startsWith(MLP));
    }

    private static void mlp(NetworkBuilder network, String name) {
        boolean batchNorm = name.endsWith(BATCH_NORM);
        String sizes = withoutBatchNorm(name);
        network.flatInput();
        for (int units : hiddenUnits(name, sizes)) {
            network.dense(units, batchNorm);
        }
    }

    private static void lenet(NetworkBuilder network) {
        network.imageInput()
                .convolution(32, 3, ConvolutionMode.Truncate, 0)
                .pool(PoolingType.MAX)
                .dropping(DropoutSpec.NONE)
                .convolution(64, 3, ConvolutionMode.Truncate, 0)
                .pool(PoolingType.MAX)
                .dense(128, false)
                .droppingAsConfigured();
    }

    private static void lenet5(NetworkBuilder network, ImageShape image) {
        int padding = Math.min(image.height(), image.width()) < LENET5_SIDE ? 2 : 0;
        network.imageInput()
                .convolution(6, 5, ConvolutionMode.Truncate, padding)
                .pool(PoolingType.AVG)
                .dropping(DropoutSpec.NONE)
                .convolution(16, 5, ConvolutionMode.Truncate, 0)
                .pool(PoolingType.AVG)
                .dense(120, false)
                .droppingAsConfigured()
                .dense(84, false);
    }

    private static void cifar(NetworkBuilder network) {
        network.imageInput();
        for (int filters : new int[] {32, 64, 128}) {
            network.convolution(filters, 3, ConvolutionMode.Same, 0).pool(PoolingType.MAX);
        }
        network.dense(256, false);
    }

    private static int[] hiddenUnits(String name, String sizes) {
        if (sizes.equals(MLP)) {
            return new int[] {500};
        }
        if (!sizes.startsWith(MLP + ":")) {
            throw DropwiseException.configuration(
                    "model '" + name + "' is unknown; did you mean '" + Nearest.of(name, NAMES)
                            + "'? Known: mlp:H1,H2,... (with " + BATCH_NORM
                            + " for batch norm), lenet, lenet5, cifar-cnn, or the PATH.json of a MultiLayerConfiguration");
        }
        try {
            int[] units = Arrays.stream(sizes.substring(MLP.length() + 1).split(",", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            if (Arrays.stream(units).allMatch(size -> size >= 1 && size <= LARGEST_LAYER)) {
                return units;
            }
        } catch (NumberFormatException e) {
            throw noSizes(name);
        }
        throw noSizes(name);
    }

    private static DropwiseException noSizes(String name) {
        return DropwiseException.configuration("model '" + name + "': expected hidden layer sizes from 1 to "
                + LARGEST_LAYER + " separated by commas, such as mlp:500 or mlp:1024,1024" + BATCH_NORM);
    }

    private static void requireSide(String name, ImageShape image, int least) {
        if (image.height() < least || image.width() < least) {
            throw DropwiseException.configuration("model " + name + " needs images of at least " + least + "x" + least
                    + " pixels, found " + image.height() + "x" + image.width() + "; choose mlp:500 for small images");
        }
    }
}
