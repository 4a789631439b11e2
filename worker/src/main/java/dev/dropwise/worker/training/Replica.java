package dev.dropwise.worker.training;

import dev.dropwise.common.batch.MiniBatch;
import dev.dropwise.common.batch.NativeFloats;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.layer.BackwardListener;
import dev.dropwise.common.layer.ElementwiseUpdate;
import dev.dropwise.common.layer.FastLayers;
import dev.dropwise.common.layer.SufficientFactors;
import dev.dropwise.common.layer.TrainingStep;
import dev.dropwise.common.model.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A rank's copy of the network: gradients out, summed gradients in. Parameters, gradient and updater state are contiguous native
 * memory that the exchange works on in place. For one thread.
 */
final class Replica {
    private final MultiLayerNetwork network;
    private final TrainingStep step;
    private final INDArray gradient;
    private final RunningStatistics statistics;
    private final Weighting weighting = new Weighting();
    private final boolean constrained;

    private Replica(MultiLayerNetwork network) {
        this.network = network;
        this.step = new TrainingStep(network);
        INDArray flat = step.gradientSum();
        this.gradient = flat.reshape(flat.length());
        this.statistics = new RunningStatistics(network, gradient);
        this.constrained = step.isConstrained();
    }

    /** A network of {@code model}, initialised from its seed, whose dropout draws from {@code masks}. */
    static Replica of(Model model, MaskContext masks) {
        MultiLayerNetwork network = new MultiLayerNetwork(FastLayers.substitute(model.configuration()));
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

    /** The updater's moments; nothing for plain SGD. */
    Optional<INDArray> updaterState() {
        return Optional.ofNullable(network.getUpdater().getStateViewArray()).filter(state -> !state.isEmpty());
    }

    /**
     * Leaves the gradient sum of {@code batch} in {@link #gradient}, running statistics weighted by sample count.
     *
     * @param listener told, on the way, from where on that is done
     * @return the loss summed over the mini-batch, without penalties
     */
    double computeGradient(MiniBatch batch, int iteration, int epoch, BackwardListener listener) {
        network.setIterationCount(iteration);
        network.setEpochCount(epoch);
        weighting.begin(batch.size(), listener);
        double lossSum = step.gradient(batch.features(), batch.labels(), weighting);
        weighting.finished(0);
        return lossSum;
    }

    /** Weights running statistics as soon as they are there, and before anybody else hears of it. */
    private final class Weighting implements BackwardListener {
        private BackwardListener next = BackwardListener.none();
        private int examples;
        private int weighted;

        void begin(int ofExamples, BackwardListener listener) {
            examples = ofExamples;
            next = listener;
            weighted = Integer.MAX_VALUE;
        }

        @Override
        public void finished(int from) {
            statistics.scale(examples, from, weighted);
            weighted = from;
            if (from > 0) {
                next.finished(from);
            }
        }

        @Override
        public boolean takesFactors() {
            return next.takesFactors();
        }

        @Override
        public boolean takes(SufficientFactors factors) {
            return next.takes(factors);
        }
    }

    /** Where in the flat vectors the layers' parameters begin, ascending. */
    int[] layerStarts() {
        return step.firstParameters();
    }

    /** Applies the gradient sum of {@code samples} examples: updater, parameters, constraints. */
    void update(int samples, int iteration, int epoch) {
        statistics.scale(1.0 / samples);
        step.update(samples, iteration, epoch);
    }

    /** What {@link #update} does but for {@link #finishUpdate}, for any range; empty where it cannot be cut into ranges. */
    Optional<ElementwiseUpdate> elementwiseUpdate() {
        return step.elementwise();
    }

    /** Applies constraints to parameters that {@link #elementwiseUpdate} has made, here or on other ranks. */
    void finishUpdate(int iteration, int epoch) {
        step.finishUpdate(iteration, epoch);
    }

    boolean isConstrained() {
        return constrained;
    }

    /** Whether all parameters are numbers, and none infinite. */
    boolean isFinite() {
        FloatBuffer floats = NativeFloats.of(parameters());
        for (int i = 0; i < floats.capacity(); i++) {
            if (!Float.isFinite(floats.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** SHA-256 of the parameters' little-endian bytes. */
    String parameterDigest() {
        return digest(parameters());
    }

    /** SHA-256 of the updater state's bytes; of nothing when there is none. */
    String updaterDigest() {
        return updaterState().map(Replica::digest).orElse("");
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
