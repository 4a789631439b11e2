package dev.dropwise.worker.training;

import dev.dropwise.common.batch.MiniBatch;
import dev.dropwise.common.batch.NativeFloats;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.model.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A rank's copy of the network: gradients out, summed gradients in. Parameters, gradient and updater state are contiguous native
 * memory that the exchange works on in place. For one thread.
 */
final class Replica {
    private final MultiLayerNetwork network;
    private final INDArray gradient;
    private final RunningStatistics statistics;

    Replica(MultiLayerNetwork network) {
        this.network = network;
        network.initGradientsView();
        INDArray flat = network.getFlattenedGradients();
        this.gradient = flat.reshape(flat.length());
        this.statistics = new RunningStatistics(network, gradient);
    }

    /** A network of {@code model}, initialised from its seed, whose dropout draws from {@code masks}. */
    static Replica of(Model model, MaskContext masks) {
        MultiLayerNetwork network = new MultiLayerNetwork(model.configuration());
        network.init();
        masks.bind(network);
        return new Replica(network);
    }

    MultiLayerNetwork network() {
        return network;
    }

    /** Sum over the last mini-batch, or over whatever has been added to it since. */
    INDArray gradient() {
        return gradient;
    }

    INDArray parameters() {
        return network.params();
    }

    /** The updater's moments; empty for plain SGD. */
    INDArray updaterState() {
        return network.getUpdater().getStateViewArray();
    }

    boolean hasUpdaterState() {
        return updaterState() != null && !updaterState().isEmpty();
    }

    /**
     * Leaves the gradient sum of {@code batch} in {@link #gradient}, running statistics weighted by sample count.
     *
     * @return the mean loss over the mini-batch, penalties included
     */
    double computeGradient(MiniBatch batch, int iteration, int epoch) {
        network.setIterationCount(iteration);
        network.setEpochCount(epoch);
        network.setInput(batch.features());
        network.setLabels(batch.labels());
        network.computeGradientAndScore();
        statistics.scale(batch.size());
        network.clearLayersStates();
        return network.score();
    }

    /** Applies the gradient sum of {@code samples} examples: updater, parameters, constraints. */
    void update(int samples, int iteration, int epoch) {
        statistics.scale(1.0 / samples);
        network.getUpdater()
                .update(network, network.gradient(), iteration, epoch, samples, LayerWorkspaceMgr.noWorkspaces());
        network.params().subi(gradient);
        network.applyConstraints(iteration, epoch);
        network.setIterationCount(iteration + 1);
    }

    /** SHA-256 of the parameters' little-endian bytes. */
    String parameterDigest() {
        return digest(parameters());
    }

    /** SHA-256 of the updater state's bytes; of nothing when there is none. */
    String updaterDigest() {
        return hasUpdaterState() ? digest(updaterState()) : "";
    }

    /** A view of {@code array}'s memory for the exchange. */
    static UnsafeBuffer memory(INDArray array) {
        long address = array.data().pointer().address() + array.offset() * Float.BYTES;
        return new UnsafeBuffer(address, Math.toIntExact(array.length() * Float.BYTES));
    }

    private static String digest(INDArray array) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            FloatBuffer floats = NativeFloats.of(array);
            ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at < floats.capacity(); at += chunk.capacity() / Float.BYTES) {
                int count = Math.min(chunk.capacity() / Float.BYTES, floats.capacity() - at);
                chunk.asFloatBuffer().put(0, floats, at, count);
                sha.update(chunk.array(), 0, count * Float.BYTES);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
