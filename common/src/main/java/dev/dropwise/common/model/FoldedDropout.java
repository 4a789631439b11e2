package dev.dropwise.common.model;

import dev.dropwise.common.dropout.StandardDropoutLayer;
import dev.dropwise.common.layer.DropConnectLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A network in which the multiplications by 1 - p that dropout does in evaluation have become part of weights: those of the next
 * layer for standard dropout, W ((1 - p) x) + b = ((1 - p) W) x + b, and those of the layer itself for DropConnect without
 * samples, (1 - p) (W x + b). Outputs are equal within rounding.
 *
 * @param configuration without standard dropout and without such DropConnect; a copy
 * @param parameters of that configuration; a copy where anything was folded
 */
record FoldedDropout(MultiLayerConfiguration configuration, INDArray parameters) {
    static FoldedDropout of(MultiLayerConfiguration trained, INDArray parameters) {
        MultiLayerConfiguration copy = trained.clone();
        boolean folds = copy.getConfs().stream().anyMatch(each -> folds(each.getLayer()));
        if (!folds) {
            return new FoldedDropout(copy, parameters);
        }
        INDArray scaled = parameters.dup();
        scale(copy.getConfs(), scaled.reshape(1, scaled.length()));
        remove(copy);
        return new FoldedDropout(copy, scaled);
    }

    private static boolean folds(Layer layer) {
        return layer instanceof StandardDropoutLayer || isMeanDropConnect(layer);
    }

    private static boolean isMeanDropConnect(Layer layer) {
        return layer instanceof DropConnectLayer dropConnect
                && dropConnect.noise().samples() == 0;
    }

    private static void scale(List<NeuralNetConfiguration> layers, INDArray parameters) {
        double factor = 1;
        long at = 0;
        for (NeuralNetConfiguration each : layers) {
            long count = each.getLayer().initializer().numParams(each);
            if (each.getLayer() instanceof StandardDropoutLayer dropout) {
                factor *= dropout.evaluationFactor();
            } else if (factor != 1) {
                INDArray weights = each.getLayer()
                        .initializer()
                        .init(each.clone(), part(parameters, at, count), false)
                        .get(DefaultParamInitializer.WEIGHT_KEY);
                Objects.requireNonNull(weights, "standard dropout stands before a layer with weights")
                        .muli(factor);
                factor = 1;
            }
            if (isMeanDropConnect(each.getLayer())) {
                DropConnectLayer layer = (DropConnectLayer) each.getLayer();
                part(parameters, at, count).muli(layer.noise().retained());
                each.setLayer(layer.stock());
            }
            at += count;
        }
    }

    private static INDArray part(INDArray parameters, long from, long count) {
        return parameters.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + count));
    }

    private static void remove(MultiLayerConfiguration network) {
        List<NeuralNetConfiguration> kept = new ArrayList<>();
        Map<Integer, InputPreProcessor> before = new HashMap<>();
        Map<Integer, InputPreProcessor> old = network.getInputPreProcessors();
        for (int index = 0; index < network.getConfs().size(); index++) {
            if (old != null && old.containsKey(index)) {
                before.put(kept.size(), old.get(index));
            }
            if (!(network.getConf(index).getLayer() instanceof StandardDropoutLayer)) {
                kept.add(network.getConf(index));
            }
        }
        network.setConfs(kept);
        network.setInputPreProcessors(before);
    }
}
