package dev.dropwise.common.model;

import dev.dropwise.common.dropout.Cutout;
import dev.dropwise.common.dropout.KeyedStream;
import dev.dropwise.common.dropout.NestedLayers;
import dev.dropwise.common.dropout.NoisyLayer;
import dev.dropwise.common.dropout.StandardDropoutLayer;
import dev.dropwise.common.layer.DropConnectLayer;
import dev.dropwise.common.layer.PoolingDropoutLayer;
import dev.dropwise.common.layer.StandoutLayer;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.jspecify.annotations.Nullable;

/**
 * Which layers apply the dropout on their input, on the way forward and on the way back. Every layer of Deeplearning4j can be given one;
 * in 1.0.0-M2.1 most never look at it (pooling, batch norm, activations), and some forget it on the way back, which makes their gradients
 * wrong (deconvolution, centre loss, embeddings). Layers that are not known to do both count as such. Classes count exactly: a subclass
 * may do anything.
 */
final class DropoutPlaces {
    private static final Set<Class<?>> ORDINARY = Set.of(
            DenseLayer.class,
            ConvolutionLayer.class,
            Convolution2D.class,
            SeparableConvolution2D.class,
            DepthwiseConvolution2D.class,
            OutputLayer.class);

    @SuppressWarnings("deprecation") // GravesLSTM, which files may still name
    private static final Set<Class<?>> OTHERS = Set.of(
            DropoutLayer.class,
            StandardDropoutLayer.class,
            StandoutLayer.class,
            DropConnectLayer.class,
            PoolingDropoutLayer.class,
            AnyBatchPReLU.class,
            PReLULayer.class,
            ElementWiseMultiplicationLayer.class,
            OCNNOutputLayer.class,
            Upsampling2D.class,
            Upsampling3D.class,
            Subsampling3DLayer.class,
            SpaceToBatchLayer.class,
            LSTM.class,
            GravesLSTM.class,
            SimpleRnn.class);

    private static final Set<Class<?>> NEVER = Set.of(
            SubsamplingLayer.class,
            BatchNormalization.class,
            ActivationLayer.class,
            LocalResponseNormalization.class,
            GlobalPoolingLayer.class,
            ZeroPaddingLayer.class,
            Cropping2D.class);

    private DropoutPlaces() {}

    /**
     * Whether nobody meant {@code layer} to have the dropout that it has: Deeplearning4j's builder gives that of the whole network to every layer,
     * also to those that never look at it.
     */
    static boolean isLeftByBuilder(Layer layer) {
        return NEVER.contains(layer.getClass()) && layer.getIDropout() instanceof Dropout;
    }

    /**
     * Whether a dropout on the input of {@code layer} does what it should.
     *
     * @param outer the layer of the network that is {@code layer} or wraps it; frozen layers never drop anything
     */
    static boolean applies(Layer outer, Layer layer) {
        return !isFrozen(outer) && (isOrdinary(layer) || OTHERS.contains(layer.getClass()));
    }

    private static boolean isFrozen(Layer outer) {
        return NestedLayers.of(outer).stream()
                .anyMatch(each -> each instanceof FrozenLayer || each instanceof FrozenLayerWithBackprop);
    }

    private static boolean isOrdinary(Layer layer) {
        return ORDINARY.contains(layer.getClass());
    }

    /**
     * Whether dropout of the command line goes on the input of {@code layer}: dense, convolution and output layers, but none whose input was
     * dropped just before, and none behind layer 0 that drops within.
     *
     * @param index of the layer of {@code network} that is {@code layer} or wraps it; layers before it have keyed dropout
     */
    static boolean takesGiven(MultiLayerConfiguration network, int index, Layer layer) {
        if (isFrozen(network.getConf(index).getLayer())) {
            return false;
        }
        if (index == 0) {
            return isOrdinary(layer) || layer instanceof StandoutLayer || layer instanceof DropConnectLayer;
        }
        return isOrdinary(layer)
                && !(network.getConf(index - 1).getLayer() instanceof DropoutLayer before
                        && drops(before.getIDropout()));
    }

    private static boolean drops(@Nullable IDropout dropout) {
        boolean nothing =
                dropout instanceof KeyedStream keyed && keyed.dropProbability() == 0 && !(dropout instanceof Cutout);
        return dropout != null && !nothing;
    }

    /** Whether any layer from {@code first} on has a dropout on its input, or any layer at all one within. */
    static boolean hasAny(MultiLayerConfiguration network, int first) {
        return IntStream.range(0, network.getConfs().size())
                .anyMatch(index -> nested(network, index)
                        .anyMatch(layer ->
                                layer instanceof NoisyLayer || (index >= first && layer.getIDropout() != null)));
    }

    private static Stream<Layer> nested(MultiLayerConfiguration network, int index) {
        return NestedLayers.of(network.getConf(index).getLayer()).stream();
    }
}
