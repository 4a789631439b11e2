package dev.dropwise.common.model;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.DropoutSpec.Kind;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.dropout.DropBlock;
import dev.dropwise.common.dropout.InvertedDropout;
import dev.dropwise.common.dropout.MaxDrop;
import dev.dropwise.common.dropout.NoisyLayer;
import dev.dropwise.common.dropout.SpatialDropout;
import dev.dropwise.common.dropout.StandardDropout;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.layer.DropConnectLayer;
import dev.dropwise.common.layer.PoolingDropoutLayer;
import dev.dropwise.common.layer.StandoutLayer;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;

/** Where the kinds of dropout that work inside of layers may stand: standout, DropConnect and pooling. */
final class LayerKindRules {
    private static final List<String> MAX_POOLING = List.of("lenet", "cifar-cnn");
    private static final int LARGEST_WINDOW = 254;

    private LayerKindRules() {}

    /** Refuses what a network of the zoo cannot do. */
    static void check(ModelConfig config, boolean batchNorm) {
        DropoutSpec spec = config.dropout();
        if (spec.isNone()) {
            return;
        }
        String instead = "dropout inverted:" + spec.dropProbability();
        if (spec.kind() == Kind.POOLING) {
            if (!MAX_POOLING.contains(config.name())) {
                throw DropwiseException.configuration("model " + config.name() + ": dropout " + spec
                        + " needs a max-pooling layer, found none; choose a model that has some, "
                        + String.join(" or ", MAX_POOLING) + ", or " + instead);
            }
            boolean negative = config.activation() != Activation.RELU && config.activation() != Activation.SIGMOID;
            if (negative) {
                throw DropwiseException.configuration("model " + config.name() + ", layer 1 (max-pooling): dropout "
                        + spec + " needs maps that are never negative, found activation " + config.activation()
                        + " before it; use --activation relu or sigmoid, or " + instead);
            }
        }
        boolean dense = spec.kind() == Kind.STANDOUT || spec.kind() == Kind.DROPCONNECT;
        if (dense && batchNorm) {
            throw DropwiseException.configuration("model " + config.name() + ", layer 0 (dense): dropout " + spec
                    + " needs the activation in the same layer, found batch norm in between; leave out +bn, or use "
                    + instead);
        }
        boolean sampled = spec.kind() == Kind.DROPCONNECT && spec.dropConnect().samples() > 0;
        if (sampled && config.activation() == Activation.PRELU) {
            throw DropwiseException.configuration("model " + config.name() + ": dropout " + spec
                    + " evaluates the mean activation over samples, found activation prelu in a layer of its own; use"
                    + " eval=mean, or another activation");
        }
    }

    /** Refuses what layers of a network that a user wrote cannot do. */
    static void check(ModelConfig config, MultiLayerConfiguration network) {
        DropoutSpec spec = config.dropout();
        boolean taken = false;
        for (int index = 0; index < network.getConfs().size(); index++) {
            Layer layer = network.getConf(index).getLayer();
            String where =
                    config.name() + ": layer " + index + " (" + layer.getClass().getSimpleName() + ")";
            taken |= layer instanceof NoisyLayer;
            if (layer instanceof StandoutLayer || layer instanceof DropConnectLayer) {
                requirePlain(where, (DenseLayer) layer);
            } else if (layer instanceof PoolingDropoutLayer pooling) {
                requirePlain(where, pooling);
                requireSigns(where, pooling);
                requireNoNegative(where, network, index - 1);
            }
        }
        if (spec.kind().isLayer() && !spec.isNone() && !taken) {
            List<String> found = network.getConfs().stream()
                    .map(each -> each.getLayer().getClass().getSimpleName())
                    .toList();
            throw DropwiseException.configuration(config.name() + ": dropout " + spec + " needs a "
                    + (spec.kind() == Kind.POOLING ? "max-pooling SubsamplingLayer" : "DenseLayer")
                    + " without dropout of its own, found " + String.join(", ", found) + "; use dropout inverted:"
                    + spec.dropProbability());
        }
    }

    private static void requirePlain(String where, DenseLayer layer) {
        if (layer.hasLayerNorm()) {
            throw DropwiseException.configuration(
                    where + ": expected no layer normalisation, which comes between weights and activation, found some;"
                            + " set hasLayerNorm to false, or use a DenseLayer with InvertedDropout");
        }
    }

    private static void requirePlain(String where, SubsamplingLayer layer) {
        boolean plain = layer.getPoolingType() == PoolingType.MAX
                && layer.getCnn2dDataFormat() == CNN2DFormat.NCHW
                && (layer.getConvolutionMode() == ConvolutionMode.Truncate
                        || layer.getConvolutionMode() == ConvolutionMode.Strict)
                && Arrays.equals(layer.getPadding(), new int[] {0, 0})
                && Arrays.equals(layer.getDilation(), new int[] {1, 1})
                && layer.getKernelSize()[0] * layer.getKernelSize()[1] <= LARGEST_WINDOW;
        if (!plain) {
            throw DropwiseException.configuration(where + ": pooling dropout expects max-pooling in NCHW format over"
                    + " windows of at most " + LARGEST_WINDOW + " units without padding or dilation, found "
                    + layer.getPoolingType() + " " + Arrays.toString(layer.getKernelSize()) + " "
                    + layer.getConvolutionMode() + " padding " + Arrays.toString(layer.getPadding()) + " dilation "
                    + Arrays.toString(layer.getDilation()) + "; change it, or use a stock SubsamplingLayer");
        }
    }

    private static void requireSigns(String where, PoolingDropoutLayer layer) {
        if (!keepsSigns(layer.getIDropout())) {
            throw DropwiseException.configuration(where + ": pooling dropout needs maps that are never negative, found "
                    + layer.getIDropout() + " on them, which can make them so; use InvertedDropout there, or none");
        }
    }

    private static void requireNoNegative(String where, MultiLayerConfiguration network, int index) {
        int before = index;
        while (before >= 0 && passesOn(network.getConf(before).getLayer())) {
            before--;
        }
        boolean isNever = before >= 0 && isNeverNegative(network.getConf(before).getLayer());
        if (!isNever) {
            String found = before < 0
                    ? "the network's input"
                    : "layer " + before + " ("
                            + network.getConf(before).getLayer().getClass().getSimpleName() + ")";
            boolean dropping = before >= 0 && network.getConf(before).getLayer() instanceof DropoutLayer;
            throw DropwiseException.configuration(where + ": pooling dropout needs maps that are never negative, found "
                    + found + " before it, which can be; give that "
                    + (dropping ? "InvertedDropout" : "the activation RELU or SIGMOID")
                    + ", or use a stock SubsamplingLayer");
        }
    }

    /** Layers whose output is never negative when their input is not. */
    private static boolean passesOn(Layer layer) {
        return (layer instanceof SubsamplingLayer || layer instanceof DropoutLayer) && keepsSigns(layer.getIDropout());
    }

    /** Whether it multiplies by nothing below 0 and adds nothing; Deeplearning4j's own have given way to ours before. */
    private static boolean keepsSigns(@Nullable IDropout dropout) {
        return dropout == null
                || dropout instanceof InvertedDropout
                || dropout instanceof StandardDropout
                || dropout instanceof SpatialDropout
                || dropout instanceof DropBlock
                || dropout instanceof MaxDrop;
    }

    private static boolean isNeverNegative(Layer layer) {
        // Those have an activation function too, and never look at it.
        if (layer instanceof BatchNormalization || layer instanceof DropoutLayer || layer instanceof PReLULayer) {
            return false;
        }
        if (layer instanceof ActivationLayer activation) {
            return isNeverNegative(activation.getActivationFn());
        }
        return layer instanceof BaseLayer base && isNeverNegative(base.getActivationFn());
    }

    private static boolean isNeverNegative(IActivation function) {
        boolean plainReLU = function instanceof ActivationReLU relu
                && (relu.getNegativeSlope() == null || relu.getNegativeSlope() == 0)
                && (relu.getThreshold() == null || relu.getThreshold() == 0);
        return plainReLU
                || function instanceof ActivationReLU6
                || function instanceof ActivationSigmoid
                || function instanceof ActivationHardSigmoid
                || function instanceof ActivationSoftPlus;
    }
}
