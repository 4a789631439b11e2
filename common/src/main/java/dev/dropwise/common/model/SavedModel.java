package dev.dropwise.common.model;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trained network read back from its zip.
 *
 * @param configuration in stock layers, without dropout
 * @param parameters {@code [1, n]}; owned by this record
 * @param card what the network is fed and what comes out
 */
public record SavedModel(MultiLayerConfiguration configuration, INDArray parameters, ModelCard card) {
    /** A new network with a copy of the parameters, for evaluation. */
    public MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration.clone());
        network.init(parameters, true);
        return network;
    }
}
