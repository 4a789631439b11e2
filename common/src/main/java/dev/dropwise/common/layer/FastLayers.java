package dev.dropwise.common.layer;

import dev.dropwise.common.dropout.StandardDropoutLayer;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Turns a stock configuration into one that computes the same thing faster. Parameters, their layout, updaters,
 * dropout, regularisation and constraints are the same, so parameter and updater-state vectors move freely between a
 * stock network and its fast twin; save models with the stock configuration, which loads without Dropwise.
 *
 * <p>One thing a fast network lacks: the gradient of its own input is null when its first layer is a fast one.
 */
public final class FastLayers {
    private static final Map<Class<?>, Supplier<Layer>> SUBSTITUTES = Map.of(
            DenseLayer.class, FastDense::new,
            OutputLayer.class, FastOutput::new,
            ConvolutionLayer.class, FastConvolution::new);

    private FastLayers() {}

    /**
     * A copy of {@code stock}, which stays as it is, with every layer replaced for which there is a faster execution.
     * Results agree with the stock network's within rounding.
     * A max-pooling that follows a first convolution may be done by that convolution, whose activation is then the
     * pooled one.
     */
    public static MultiLayerConfiguration substitute(MultiLayerConfiguration stock) {
        MultiLayerConfiguration fast = stock.clone();
        List<NeuralNetConfiguration> layers = fast.getConfs();
        for (int i = layers.size() - 1; i >= 0; i--) {
            Supplier<Layer> substitute =
                    SUBSTITUTES.get(layers.get(i).getLayer().getClass());
            boolean last = i == layers.size() - 1;
            if (substitute != null
                    && (last || !overwritesInput(layers.get(i + 1).getLayer()))) {
                layers.get(i).setLayer(copy(layers.get(i).getLayer(), substitute.get()));
            }
        }
        fusePooling(layers, stock.getDataType());
        Map<Integer, InputPreProcessor> preProcessors = fast.getInputPreProcessors();
        if (preProcessors != null
                && preProcessors.get(0) != null
                && isFast(layers.get(0).getLayer())) {
            preProcessors = new HashMap<>(preProcessors);
            preProcessors.put(0, new FirstPreProcessor(preProcessors.get(0)));
            fast.setInputPreProcessors(preProcessors);
        }
        return fast;
    }

    /** The type of {@code layer}, or of the stock layer whose substitute it is, as its user knows it. */
    public static String stockName(Layer layer) {
        Class<?> type = layer.getClass();
        return (isFast(layer) ? type.getSuperclass() : type).getSimpleName();
    }

    private static void fusePooling(List<NeuralNetConfiguration> layers, DataType dataType) {
        if (layers.size() > 1) {
            Layer first = layers.get(0).getLayer();
            Layer second = layers.get(1).getLayer();
            int window = PoolingFusion.window(first, second, dataType);
            if (window > 1) {
                ((FastConvolution) first).setPoolingWindow(window);
                layers.get(1).setLayer(copy(second, new FastPooling()));
            }
        }
    }

    private static boolean isFast(Layer layer) {
        return SUBSTITUTES.containsKey(layer.getClass().getSuperclass());
    }

    /**
     * Stock layers drop units in place, in the output that a fast layer before them keeps for its way back. (Layers that draw noise within
     * hand out a copy.)
     */
    private static boolean overwritesInput(Layer layer) {
        return !isFast(layer)
                && !(layer instanceof StandardDropoutLayer)
                && (layer.getIDropout() != null || layer instanceof BaseWrapperLayer);
    }

    /** {@code layer} with all fields of {@code stock}, whose class it extends. */
    public static <T extends Layer> T copied(Layer stock, T layer) {
        copy(stock, layer);
        return layer;
    }

    /** {@code layer} with the fields that {@code own} has of its class and the classes above. */
    public static <T extends Layer> T stripped(T own, T layer) {
        copy(layer.getClass(), own, layer);
        return layer;
    }

    private static Layer copy(Layer stock, Layer fast) {
        return copy(stock.getClass(), stock, fast);
    }

    private static Layer copy(Class<?> lowest, Layer stock, Layer fast) {
        for (Class<?> type = lowest; type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    copy(field, stock, fast);
                }
            }
        }
        return fast;
    }

    private static void copy(Field field, Layer stock, Layer fast) {
        try {
            field.setAccessible(true);
            field.set(fast, field.get(stock));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(
                    "fast layers: cannot copy " + field + " of layer '" + stock.getLayerName() + "'", e);
        }
    }
}
