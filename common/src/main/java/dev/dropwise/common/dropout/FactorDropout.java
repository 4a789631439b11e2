package dev.dropwise.common.dropout;

import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A dropout that draws factors f and keeps them for the way back: {@code y = f x} in training, and the gradient is multiplied
 * by the same f. A kind says how it draws them. Where a factor depends on a key and its place alone, and is cheap,
 * {@link BernoulliDropout} does without the array.
 *
 * <p>Takes activations of any rank that the kind allows, of any order and stride, in FLOAT and DOUBLE. Factors go by row-major
 * position, so they do not depend on the memory order or the machine.
 */
abstract class FactorDropout extends KeyedDropout {
    private static final long serialVersionUID = 1L;

    private transient @Nullable INDArray drawn;

    FactorDropout(double dropProbability, long seed, int site) {
        super(dropProbability, seed, site);
    }

    /**
     * Draws the factors of {@code key} and has them recorded.
     *
     * @param input the activations to be multiplied, of the data type of the result; not changed
     * @return this dropout's own array, left as it is until the next draw
     */
    abstract INDArray draw(long key, INDArray input);

    /** Writes {@code values} times {@code factors} to {@code result}, which may be {@code values} itself. */
    void multiply(INDArray values, INDArray factors, INDArray result) {
        Nd4j.getExecutioner().exec(new MulOp(values, factors, result));
    }

    /** Writes the noisy {@code input} to {@code result}, which may be {@code input} itself. */
    @Override
    public final INDArray applyDropout(
            INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
        INDArray values = input.castTo(result.dataType());
        INDArray factors = draw(key(iteration, epoch), values);
        drawn = factors;
        multiply(values, factors, result);
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
        INDArray factors = drawn;
        if (factors == null) {
            throw withoutForwardPass();
        }
        multiply(gradient, factors.castTo(result.dataType()), result);
        drawn = null;
        return result;
    }

    @Override
    public final void clear() {
        drawn = null;
    }

    /** Hands the random bits of the last draw to the run's audit, while that still records. */
    final void recorded(double zeroProbability, RandomBits bits) {
        site().ifPresent(site -> site.drawn(zeroProbability, bits));
    }

    /** Refuses what has no feature maps: {@code [examples, channels, ...]} of at least {@code rank}. */
    final void requireMaps(INDArray input, int rank) {
        if (input.rank() < rank) {
            throw DropwiseException.configuration(
                    this + ": expected feature maps [examples, channels, height, width], found"
                            + " an input of shape " + Arrays.toString(input.shape())
                            + "; give it to a convolution layer, or use inverted dropout here");
        }
    }

    @Override
    public abstract FactorDropout clone();
}
