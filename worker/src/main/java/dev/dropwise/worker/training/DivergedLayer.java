package dev.dropwise.worker.training;

import dev.dropwise.common.layer.FastLayers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Finds where in a network that has diverged numbers stopped being finite: too late to save it, in time to say what to change. */
final class DivergedLayer {
    private DivergedLayer() {}

    /**
     * The first parameters that are not finite or, when all are, the first activations in eval mode.
     *
     * @param features of the mini-batch whose loss was not finite
     * @return such as {@code parameters W of layer 1 (OutputLayer)}
     */
    static String find(MultiLayerNetwork network, INDArray features) {
        return inParameters(network).orElseGet(() -> inActivations(network, features));
    }

    /** The first parameters that are not finite, running statistics included; nothing when all are. */
    static Optional<String> inParameters(MultiLayerNetwork network) {
        Layer[] layers = network.getLayers();
        for (int index = 0; index < layers.length; index++) {
            for (Map.Entry<String, INDArray> parameter :
                    layers[index].paramTable().entrySet()) {
                if (!isFinite(parameter.getValue())) {
                    return Optional.of("parameters " + parameter.getKey() + " of " + name(layers, index));
                }
            }
        }
        return Optional.empty();
    }

    private static String inActivations(MultiLayerNetwork network, INDArray features) {
        List<INDArray> inputThenActivations = network.feedForward(features, false);
        for (int index = 0; index < inputThenActivations.size(); index++) {
            if (!isFinite(inputThenActivations.get(index))) {
                return index == 0 ? "the input" : "activations of " + name(network.getLayers(), index - 1);
            }
        }
        return "the loss of " + name(network.getLayers(), network.getnLayers() - 1);
    }

    private static String name(Layer[] layers, int index) {
        return "layer " + index + " ("
                + FastLayers.stockName(layers[index].conf().getLayer()) + ")";
    }

    private static boolean isFinite(INDArray array) {
        return !array.isNaN().any() && !array.isInfinite().any();
    }
}
