package dev.dropwise.common.dropout;

import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Inverted dropout: in training {@code y = m x / (1 - p)} with m = 0 with the drop probability p, else 1, independently for
 * every unit of every example; identity in evaluation (Srivastava et al., "Dropout", JMLR 2014, scaled in training).
 *
 * <p>Takes activations of any rank, order and stride, in FLOAT and DOUBLE. The mask goes by row-major position, so it does
 * not depend on the memory order, the data type or the machine. See {@link KeyedDropout} for where its key comes from.
 */
public final class InvertedDropout extends KeyedDropout {
    private static final long serialVersionUID = 1L;

    private transient @Nullable BernoulliMask mask;

    /** Drops with {@code dropProbability}; meant to be bound by {@link MaskContext#bind}. */
    public InvertedDropout(double dropProbability) {
        this(dropProbability, 0, 0);
    }

    /**
     * As {@link #InvertedDropout(double)}, with streams for a stock {@code fit}.
     *
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    @JsonCreator
    public InvertedDropout(
            @JsonProperty("dropProbability") double dropProbability,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
    }

    /** Writes the masked and scaled {@code input} to {@code result}, which may be {@code input} itself. */
    @Override
    public INDArray applyDropout(
            INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
        BernoulliMask drawn = mask();
        INDArray scaled = drawn.draw(key(iteration, epoch), dropProbability(), result.dataType(), result.shape());
        site().ifPresent(site -> site.drawn(dropProbability(), drawn));
        Nd4j.getExecutioner().exec(new MulOp(input.castTo(result.dataType()), scaled, result));
        return result;
    }

    /**
     * Writes the masked and scaled {@code gradient} to {@code result}, which may be {@code gradient} itself.
     *
     * @throws IllegalStateException without a forward pass before
     */
    @Override
    public INDArray backprop(INDArray gradient, INDArray result, int iteration, int epoch) {
        BernoulliMask drawn = mask();
        INDArray scaled = drawn.current()
                .orElseThrow(() -> new IllegalStateException(
                        this + ": backprop without a forward pass in training mode since the last one"));
        Nd4j.getExecutioner().exec(new MulOp(gradient, scaled.castTo(result.dataType()), result));
        drawn.clear();
        return result;
    }

    @Override
    public void clear() {
        mask().clear();
    }

    @Override
    public InvertedDropout clone() {
        return new InvertedDropout(dropProbability(), seed(), configuredSite());
    }

    // Lazily: a configuration that never trains has no buffers, and Java serialisation restores none.
    private BernoulliMask mask() {
        BernoulliMask own = mask;
        if (own == null) {
            own = new BernoulliMask();
            mask = own;
        }
        return own;
    }
}
