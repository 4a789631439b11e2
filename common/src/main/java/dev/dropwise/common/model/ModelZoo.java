package dev.dropwise.common.model;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import java.util.Comparator;
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
 * <p>The input dropout is on the first layer's input. All use softmax with cross-entropy, weights by He et al. (ReLU, leaky
 * ReLU, PReLU, ELU) or Glorot (sigmoid, tanh, and the output layer), and zero biases. Initial weights are a function of the
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
     * Refuses a name that {@link #model} would refuse. Loads no native library, so that a driver can ask before anything starts.
     *
     * @throws DropwiseException (configuration) for a name that is unknown, a layer size that is none, or images too small
     */
    public static void check(String name, ImageShape image) {
        switch (name) {
            case "lenet" -> requireSide(name, image, SMALLEST_LENET);
            case "lenet5" -> requireSide(name, image, SMALLEST_LENET5);
            case "cifar-cnn" -> requireSide(name, image, SMALLEST_CIFAR);
            default -> hiddenUnits(name, withoutBatchNorm(name));
        }
    }

    private static String withoutBatchNorm(String name) {
        return name.endsWith(BATCH_NORM) ? name.substring(0, name.length() - BATCH_NORM.length()) : name;
    }

    /**
     * Builds the network {@code config} names, for images of {@code image} in {@code classes} classes.
     *
     * @throws DropwiseException (configuration) for a name that is unknown, a layer size that is none, or images too small
     */
    public static Model model(ModelConfig config, UpdaterConfig updater, ImageShape image, int classes, long runSeed) {
        NetworkBuilder network = new NetworkBuilder(config, updater, runSeed);
        switch (config.name()) {
            case "lenet" -> lenet(network, image);
            case "lenet5" -> lenet5(network, image);
            case "cifar-cnn" -> cifar(network, image);
            default -> mlp(network, config.name(), image);
        }
        return new Model(network.output(classes), config.name().startsWith(MLP));
    }

    private static void mlp(NetworkBuilder network, String name, ImageShape image) {
        boolean batchNorm = name.endsWith(BATCH_NORM);
        String sizes = withoutBatchNorm(name);
        network.flatInput(image);
        for (int units : hiddenUnits(name, sizes)) {
            network.dense(units, batchNorm);
        }
    }

    private static void lenet(NetworkBuilder network, ImageShape image) {
        requireSide("lenet", image, SMALLEST_LENET);
        network.imageInput(image)
                .convolution(32, 3, ConvolutionMode.Truncate, 0)
                .pool(PoolingType.MAX)
                .dropping(DropoutSpec.NONE)
                .convolution(64, 3, ConvolutionMode.Truncate, 0)
                .pool(PoolingType.MAX)
                .dense(128, false)
                .droppingAsConfigured();
    }

    private static void lenet5(NetworkBuilder network, ImageShape image) {
        requireSide("lenet5", image, SMALLEST_LENET5);
        int padding = Math.min(image.height(), image.width()) < LENET5_SIDE ? 2 : 0;
        network.imageInput(image)
                .convolution(6, 5, ConvolutionMode.Truncate, padding)
                .pool(PoolingType.AVG)
                .dropping(DropoutSpec.NONE)
                .convolution(16, 5, ConvolutionMode.Truncate, 0)
                .pool(PoolingType.AVG)
                .dense(120, false)
                .droppingAsConfigured()
                .dense(84, false);
    }

    private static void cifar(NetworkBuilder network, ImageShape image) {
        requireSide("cifar-cnn", image, SMALLEST_CIFAR);
        network.imageInput(image);
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
            throw DropwiseException.configuration("model '" + name + "' is unknown; did you mean '" + nearest(name)
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

    private static String nearest(String name) {
        return NAMES.stream()
                .min(Comparator.comparingInt(known -> distance(known, name)))
                .orElseThrow();
    }

    /** How many single-letter edits turn {@code from} into {@code to} (Levenshtein). */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
