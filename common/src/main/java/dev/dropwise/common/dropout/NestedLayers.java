package dev.dropwise.common.dropout;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/** Finds the layers inside of layers. */
public final class NestedLayers {
    private NestedLayers() {}

    /** {@code layer} and every layer that it wraps, outermost first. */
    public static List<Layer> of(Layer layer) {
        return walk(layer).toList();
    }

    private static Stream<Layer> walk(Layer layer) {
        Stream<Layer> inner = Stream.empty();
        if (layer instanceof FrozenLayer frozen) {
            inner = walk(frozen.getLayer());
        } else if (layer instanceof BaseWrapperLayer wrapper) {
            inner = walk(wrapper.getUnderlying());
        } else if (layer instanceof Bidirectional both) {
            inner = Stream.concat(walk(both.getFwd()), walk(both.getBwd()));
        }
        return Stream.concat(Stream.of(layer), inner);
    }
}
