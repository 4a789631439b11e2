package dev.dropwise.common.layer;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From the summed gradient to new parameters. Adam, Nesterov momentum and plain descent in single precision run in one
 * pass over gradient, state and parameters, where the stock updater takes three and computes Adam element by element;
 * everything else is left to the stock updater, block by block.
 */
final class ParameterUpdate {
    private final MultiLayerNetwork network;
    private final boolean normalised;
    private @Nullable Updater updater;
    private List<BlockUpdate> blocks = List.of();

    ParameterUpdate(MultiLayerNetwork network) {
        this.network = network;
        this.normalised = Arrays.stream(network.getLayers()).anyMatch(ParameterUpdate::isNormalised);
    }

    private static boolean isNormalised(Layer layer) {
        if (layer.numParams() == 0 || layer.getConfig() == null) {
            return false;
        }
        GradientNormalization normalization = layer.getConfig().getGradientNormalization();
        return normalization != null && normalization != GradientNormalization.None;
    }

    /** Updates parameters and state from the network's flat gradient, a sum over {@code examples}. */
    void apply(int examples, int iteration, int epoch) {
        int divisor = network.conf().isMiniBatch() ? examples : 1;
        if (normalised) {
            // Clipping looks at the gradients of a whole layer.
            INDArray flat = network.getFlattenedGradients();
            network.getUpdater()
                    .update(network, network.gradient(), iteration, epoch, divisor, LayerWorkspaceMgr.noWorkspaces());
            network.params().subi(flat.reshape(network.params().shape()));
            return;
        }
        for (BlockUpdate block : blocks()) {
            block.apply(divisor, iteration, epoch);
        }
    }

    /** The same update for ranges of the flat vectors, where no part of it looks at more than one element. */
    Optional<ElementwiseUpdate> elementwise() {
        return normalised ? Optional.empty() : ElementwiseUpdate.of(network, blocks());
    }

    private List<BlockUpdate> blocks() {
        Updater current = network.getUpdater();
        if (current != updater) {
            INDArray parameters = network.params();
            INDArray gradients = network.getFlattenedGradients();
            blocks = ((BaseMultiLayerUpdater<?>) current)
                    .getUpdaterBlocks().stream()
                            .map(block -> new BlockUpdate(block, parameters, gradients))
                            .toList();
            updater = current;
        }
        return blocks;
    }
}
