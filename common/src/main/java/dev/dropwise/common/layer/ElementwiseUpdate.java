package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The update of a network in which a new parameter depends on the old one, its gradient and its state alone, for any range of
 * the flat vectors. Any cut into ranges, in any order, gives bit for bit what {@link TrainingStep#update} gives, provided
 * that every element is updated once:
 *
 * <pre>{@code
 * update.begin(examplesOfAllRanks, iteration, epoch);
 * update.apply(0, 1000, sumsOfTheFirstThousand);
 * update.apply(1000, parameters - 1000, sumsOfTheRest);
 * step.finishUpdate(iteration, epoch);
 * }</pre>
 *
 * Otherwise than there, deltas of batch normalisation's running statistics are divided here: each of them is to be a sum of
 * deltas weighted by the examples that they come from. Allocates nothing after it is made. One thread at a time; good for as
 * long as the network keeps its updater.
 */
public final class ElementwiseUpdate {
    private final MultiLayerNetwork network;
    private final BlockUpdate[] blocks;
    private final FusedPass[] passes;

    /**
     * What the updater keeps of parameters that follow one another.
     *
     * @param firstParameter place in the flat vector of the parameter that the first element belongs to
     * @param values one for each parameter: the updater's own memory, single precision, contiguous
     */
    public record State(int firstParameter, INDArray values) {}

    private ElementwiseUpdate(MultiLayerNetwork network, List<BlockUpdate> blocks, List<FusedPass> passes) {
        this.network = network;
        this.blocks = blocks.toArray(BlockUpdate[]::new);
        this.passes = passes.toArray(FusedPass[]::new);
    }

    /** The update that {@code blocks} make; empty when one of them looks at more than an element, or some parameter is in none. */
    static Optional<ElementwiseUpdate> of(MultiLayerNetwork network, List<BlockUpdate> blocks) {
        List<FusedPass> passes = new ArrayList<>();
        int covered = 0;
        for (BlockUpdate block : blocks) {
            FusedPass pass = block.elementwise();
            if (pass == null || block.start() != covered) {
                return Optional.empty();
            }
            passes.add(pass);
            covered = block.end();
        }
        return covered == network.numParams()
                ? Optional.of(new ElementwiseUpdate(network, blocks, passes))
                : Optional.empty();
    }

    /**
     * Readies one update of all parameters.
     *
     * @param examples how many examples the gradient will sum over, on all ranks together
     * @param iteration updates before this one
     * @param epoch epochs before this one
     */
    public void begin(int examples, int iteration, int epoch) {
        int divisor = network.conf().isMiniBatch() ? examples : 1;
        for (int i = 0; i < blocks.length; i++) {
            passes[i].begin(blocks[i].isStatistics() ? examples : divisor, iteration, epoch);
        }
    }

    /**
     * Updates {@code count} parameters from {@code from} on, and their state.
     *
     * @param gradients the sums of their gradients, from index 0 on, wherever they are; left as they are
     */
    public void apply(int from, int count, FloatBuffer gradients) {
        for (int i = 0; i < blocks.length; i++) {
            int first = blocks[i].start();
            int start = Math.max(from, first);
            int end = Math.min(from + count, blocks[i].end());
            if (start < end) {
                passes[i].apply(start - first, end - first, gradients, start - from);
            }
        }
    }

    /** The updater's state: between them, each element of it once. Empty for plain descent. */
    public List<State> states() {
        List<State> states = new ArrayList<>();
        for (int i = 0; i < blocks.length; i++) {
            for (INDArray values : passes[i].state()) {
                states.add(new State(blocks[i].start(), values));
            }
        }
        return List.copyOf(states);
    }
}
