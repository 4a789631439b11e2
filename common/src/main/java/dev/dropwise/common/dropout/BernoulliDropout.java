package dev.dropwise.common.dropout;

import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dropout of single units: each unit of each example is dropped with the drop probability, independently of all others, and
 * multiplied by one same value otherwise. A kind says which, and may do more on the way forward, where the derivative stays
 * the factor.
 *
 * <p>The mask is a function of a key and cheap, so it is never kept: the way back draws it again ({@link BernoulliPass}).
 *
 * <p>Takes activations of any rank, order and stride, in FLOAT and DOUBLE. Masks go by row-major position, so they do not
 * depend on the memory order, the data type or the machine.
 */
abstract class BernoulliDropout extends KeyedDropout {
    private static final long serialVersionUID = 1L;

    // Lazily: a configuration that never trains has no scratch memory, and Java serialisation restores none.
    private transient @Nullable BernoulliPass pass;
    private transient @Nullable Long drawn;

    BernoulliDropout(double dropProbability, long seed, int site) {
        super(dropProbability, seed, site);
    }

    /** What units that are not dropped are multiplied by. */
    abstract double kept();

    /** What is subtracted from activations before they are multiplied. */
    double centre() {
        return 0;
    }

    /** What is added to activations after they have been multiplied. */
    double offset() {
        return 0;
    }

    /** Writes the noisy {@code input} to {@code result}, which may be {@code input} itself. */
    @Override
    public final INDArray applyDropout(
            INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
        long key = key(iteration, epoch);
        drawn = key;
        site().ifPresent(site ->
                site.drawn(dropProbability(), new WordBits(key, Math.toIntExact(input.length()), dropProbability())));
        pass().apply(key, input, centre(), offset(), result);
        return result;
    }

    /**
     * Writes the {@code gradient} times the factors of the last forward pass to {@code result}, which may be {@code gradient}
     * itself.
     *
     * @throws IllegalStateException without a forward pass before
     */
    @Override
    public final INDArray backprop(INDArray gradient, INDArray result, int iteration, int epoch) {
        Long key = drawn;
        if (key == null) {
            throw withoutForwardPass();
        }
        pass().apply(key, gradient, 0, 0, result);
        drawn = null;
        return result;
    }

    @Override
    public final void clear() {
        drawn = null;
    }

    private BernoulliPass pass() {
        BernoulliPass own = pass == null ? new BernoulliPass(dropProbability(), kept()) : pass;
        pass = own;
        return own;
    }

    @Override
    public abstract BernoulliDropout clone();
}
