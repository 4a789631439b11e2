package dev.dropwise.common.model;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.dropout.Cutout;
import dev.dropwise.common.dropout.DropBlock;
import dev.dropwise.common.dropout.MaxDrop;
import dev.dropwise.common.dropout.NestedLayers;
import dev.dropwise.common.dropout.SpatialDropout;
import dev.dropwise.common.dropout.StandardDropout;
import dev.dropwise.common.dropout.StandardDropoutLayer;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.layer.PoolingDropoutLayer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;

/** Where in a network that a user wrote each kind of dropout may stand. */
final class KindRules {
    private KindRules() {}

    /** Refuses a kind in the wrong place, and one of the command line that no layer can take. */
    static void check(ModelConfig config, MultiLayerConfiguration network) {
        boolean convolves = false;
        for (int index = 0; index < network.getConfs().size(); index++) {
            Layer outer = network.getConf(index).getLayer();
            convolves |= index > 0 && outer instanceof ConvolutionLayer && DropoutPlaces.applies(outer, outer);
            for (Layer layer : NestedLayers.of(outer)) {
                String where = config.name() + ": layer " + index + " ("
                        + layer.getClass().getSimpleName() + ")";
                if (layer.getIDropout() != null) {
                    check(where, layer, layer.getIDropout(), index);
                    requireApplied(where, outer, layer);
                }
                if (layer instanceof StandardDropoutLayer) {
                    requireStandard(where, layer.getIDropout());
                }
            }
            if (outer instanceof StandardDropoutLayer) {
                requireWeightsAfter(config.name(), network, index);
            }
        }
        LayerKindRules.check(config, network);
        DropoutSpec spec = config.dropout();
        if (spec.kind().needsMaps() && !spec.isNone() && !convolves) {
            throw DropwiseException.configuration(config.name() + ": dropout " + spec
                    + " needs feature maps, found no convolution behind layer 0; use dropout inverted:"
                    + spec.dropProbability());
        }
    }

    private static void check(String where, Layer layer, IDropout dropout, int index) {
        if (needsMaps(dropout) && !hasMaps(layer)) {
            throw DropwiseException.configuration(where + ": " + dropout
                    + " needs feature maps in NCHW format, which only the input of a convolution or PoolingDropoutLayer"
                    + " is known to have; move it there, or put a DropoutLayer with InvertedDropout before the layer");
        }
        if (dropout instanceof StandardDropout && !(layer instanceof StandardDropoutLayer)) {
            throw DropwiseException.configuration(where + ": standard dropout scales in evaluation too, which a layer's"
                    + " dropout cannot; put a dev.dropwise.common.dropout.StandardDropoutLayer before the layer, or use"
                    + " InvertedDropout");
        }
        if (dropout instanceof Cutout && index > 0) {
            throw DropwiseException.configuration(
                    where + ": cutout works on images, found it on a hidden layer; move it to layer 0");
        }
    }

    private static void requireApplied(String where, Layer outer, Layer layer) {
        if (!DropoutPlaces.applies(outer, layer)) {
            throw DropwiseException.configuration(where + ": found " + layer.getIDropout() + ", which a "
                    + outer.getClass().getSimpleName()
                    + " ignores on the way forward or on the way back; "
                    + (needsMaps(layer.getIDropout())
                            ? "move it to a ConvolutionLayer"
                            : "put a DropoutLayer with it before the layer")
                    + ", or remove it");
        }
    }

    private static void requireStandard(String where, @Nullable IDropout dropout) {
        if (!(dropout instanceof StandardDropout)) {
            throw DropwiseException.configuration(
                    where + ": expected a dev.dropwise.common.dropout.StandardDropout in it, found "
                            + (dropout == null ? "none" : dropout)
                            + "; give it one, or use a DropoutLayer for another kind");
        }
    }

    private static boolean needsMaps(IDropout dropout) {
        return dropout instanceof SpatialDropout || dropout instanceof DropBlock || dropout instanceof MaxDrop;
    }

    private static boolean hasMaps(Layer layer) {
        return (layer instanceof ConvolutionLayer convolution && convolution.getCnn2dDataFormat() == CNN2DFormat.NCHW)
                || (layer instanceof PoolingDropoutLayer pooling && pooling.getCnn2dDataFormat() == CNN2DFormat.NCHW);
    }

    /** Export folds the factor of evaluation into those. */
    private static void requireWeightsAfter(String name, MultiLayerConfiguration network, int index) {
        Layer next = index + 1 < network.getConfs().size()
                ? network.getConf(index + 1).getLayer()
                : network.getConf(index).getLayer();
        if (!(next instanceof DenseLayer || next instanceof ConvolutionLayer || next instanceof BaseOutputLayer)) {
            throw DropwiseException.configuration(name + ": layer " + index
                    + " (StandardDropoutLayer): expected a dense, convolution or output layer next, found "
                    + next.getClass().getSimpleName() + "; use InvertedDropout there");
        }
    }
}
