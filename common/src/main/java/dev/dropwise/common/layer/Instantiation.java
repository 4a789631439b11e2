package dev.dropwise.common.layer;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What every stock configuration does with a layer it has just made. */
final class Instantiation {
    private Instantiation() {}

    /** Gives {@code layer} its place in the network and its parameters as views of {@code parameters}. */
    static Layer complete(
            Layer layer, Collection<TrainingListener> listeners, int index, INDArray parameters, boolean initialize) {
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(layer.conf().getLayer().initializer().init(layer.conf(), parameters, initialize));
        return layer;
    }
}
