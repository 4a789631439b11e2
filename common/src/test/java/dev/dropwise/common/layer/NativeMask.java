package dev.dropwise.common.layer;

import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.random.impl.BernoulliDistribution;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Inverted dropout whose masks depend on seed, iteration and epoch alone; enough for tests and benchmarks here. */
public final class NativeMask implements IDropout {
    private static final long serialVersionUID = 1L;

    private final double drop;
    private final long seed;
    private final transient Random random;
    private transient @Nullable INDArray mask;

    NativeMask(@JsonProperty("drop") double drop, @JsonProperty("seed") long seed) {
        this.drop = drop;
        this.seed = seed;
        this.random = Nd4j.getRandomFactory().getNewRandomInstance(seed);
    }

    @JsonProperty("drop")
    double drop() {
        return drop;
    }

    @JsonProperty("seed")
    long seed() {
        return seed;
    }

    @Override
    public INDArray applyDropout(
            INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
        random.setSeed(seed + 31L * iteration);
        INDArray drawn =
                workspaces.createUninitialized(ArrayType.INPUT, input.dataType(), input.shape(), input.ordering());
        Nd4j.getExecutioner().exec(new BernoulliDistribution(drawn, 1 - drop), random);
        drawn.muli(1 / (1 - drop));
        mask = drawn;
        return input.muli(drawn, result);
    }

    @Override
    public INDArray backprop(INDArray output, INDArray input, int iteration, int epoch) {
        if (mask == null) {
            throw new IllegalStateException("backprop without a mask");
        }
        INDArray drawn = mask;
        mask = null;
        return input.muli(drawn);
    }

    @Override
    public void clear() {
        mask = null;
    }

    @Override
    @SuppressWarnings("MissingSuperCall") // an interface's clone has none
    public NativeMask clone() {
        return new NativeMask(drop, seed);
    }
}
