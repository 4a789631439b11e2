package dev.dropwise.common.evaluation;

import dev.dropwise.common.batch.NativeFloats;
import dev.dropwise.common.dropout.NestedLayers;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Forward passes in which layers are in training mode, so that dropout draws, but for batch norm, which keeps its running statistics:
 * otherwise an example's prediction would depend on the others in its mini-batch. Any layers of a network can be run alone. For one
 * thread.
 */
final class NoisyForward {
    private static final String PASS = "DROPWISE_NOISY_FORWARD";
    private static final String LOOP = "DROPWISE_NOISY_FORWARD_LOOP";
    private static final WorkspaceConfiguration GROWING = WorkspaceConfiguration.builder()
            .initialSize(0)
            .overallocationLimit(0.05)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policyReset(ResetPolicy.BLOCK_LEFT)
            .policySpill(SpillPolicy.REALLOCATE)
            .policyAllocation(AllocationPolicy.OVERALLOCATE)
            .build();

    private final MultiLayerNetwork network;
    private final LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.builder()
            .with(ArrayType.RNN_FF_LOOP_WORKING_MEM, LOOP, GROWING)
            .defaultWorkspace(PASS, GROWING)
            .build();

    NoisyForward(MultiLayerNetwork network) {
        this.network = network;
    }

    /** What layer {@code end - 1} puts out when layer {@code first} gets {@code input}, which is not changed; memory of its own. */
    @SuppressWarnings("try") // The scope acts by being open.
    INDArray activation(int first, int end, INDArray input) {
        try (MemoryWorkspace scope = workspaces.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
            return run(first, end, input).detach();
        } finally {
            clear();
        }
    }

    /** What the network puts out when layer {@code first} gets {@code input}, which is not changed: row after row. */
    @SuppressWarnings("try") // The scope acts by being open.
    float[] output(int first, INDArray input) {
        try (MemoryWorkspace scope = workspaces.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
            return NativeFloats.copyOf(run(first, network.getnLayers(), input).dup('c'));
        } finally {
            clear();
        }
    }

    private INDArray run(int first, int end, INDArray input) {
        int examples = (int) input.size(0);
        network.setInputMiniBatchSize(examples);
        // Stock layers may drop units in place.
        INDArray activation = workspaces.dup(ArrayType.ACTIVATIONS, input, 'c');
        for (int i = first; i < end; i++) {
            Layer layer = network.getLayer(i);
            InputPreProcessor before = network.getLayerWiseConfigurations().getInputPreProcess(i);
            if (before != null) {
                activation = before.preProcess(activation, examples, workspaces);
            }
            activation = layer.activate(activation, !normalises(layer), workspaces);
        }
        return activation;
    }

    private static boolean normalises(Layer layer) {
        return NestedLayers.of(layer.conf().getLayer()).stream().anyMatch(BatchNormalization.class::isInstance);
    }

    private void clear() {
        for (Layer layer : network.getLayers()) {
            layer.clear();
            layer.clearNoiseWeightParams();
        }
    }
}
