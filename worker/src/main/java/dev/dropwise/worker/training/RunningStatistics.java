package dev.dropwise.worker.training;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The parts of a flattened gradient that hold batch norm's running-statistic deltas. Deeplearning4j keeps them beside true gradients but
 * never divides them by the batch size, so a sum over shards must weight them by sample count and divide by the total.
 */
final class RunningStatistics {
    private final List<Delta> deltas = new ArrayList<>();

    /** Deltas from float {@code first} of the gradient on. */
    private record Delta(long first, INDArray values) {}

    /**
     * @param gradient the network's flattened gradient, of which views are kept
     */
    RunningStatistics(MultiLayerNetwork network, INDArray gradient) {
        long offset = 0;
        for (Layer layer : network.getLayers()) {
            if (layer.conf().getLayer() instanceof BatchNormalization norm) {
                // gamma and beta, unless locked, come first; then the running mean and variance (or its logarithm).
                long first = offset + (norm.isLockGammaBeta() ? 0 : 2 * norm.getNOut());
                deltas.add(new Delta(first, gradient.get(NDArrayIndex.interval(first, first + 2 * norm.getNOut()))));
            }
            offset += layer.numParams();
        }
    }

    /** Multiplies the deltas by {@code factor}. */
    void scale(double factor) {
        scale(factor, 0, Long.MAX_VALUE);
    }

    /** Multiplies the deltas that begin at floats {@code from} until {@code end} of the gradient by {@code factor}. */
    void scale(double factor, long from, long end) {
        for (Delta delta : deltas) {
            if (delta.first() >= from && delta.first() < end) {
                delta.values().muli(factor);
            }
        }
    }
}
