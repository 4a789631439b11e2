package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A {@link FusedRule} on one block of the flat vectors, for any range of it: every element is worked on by itself, so that
 * any cut into ranges gives the same bits. Allocates nothing. Holds scratch memory: one thread at a time.
 */
final class FusedPass {
    private final FusedRule rule;
    private final boolean statistics;
    private final FloatBuffer parameters;
    private final float[] gradientBlock = new float[FusedRule.BLOCK];
    private final float[] parameterBlock = new float[FusedRule.BLOCK];
    private boolean multiplies;
    private float scale;

    /**
     * @param statistics whether the block holds running statistics of batch normalisation
     * @param parameters of the block, single precision; the caller keeps the array
     */
    FusedPass(FusedRule rule, boolean statistics, INDArray parameters) {
        this.rule = rule;
        this.statistics = statistics;
        this.parameters = ArrayMemory.buffer(parameters);
    }

    /** The rule's state, with one element for each parameter of the block in every array. */
    List<INDArray> state() {
        return rule.state();
    }

    /** Readies the pass for gradients that are sums over {@code examples}. */
    void begin(int examples, int iteration, int epoch) {
        rule.begin(iteration, epoch);
        // Exact for powers of two, and division is many times slower. Statistics are scaled as ND4J scales an array.
        multiplies = statistics || Integer.bitCount(examples) == 1;
        scale = multiplies ? (float) (1.0 / examples) : examples;
    }

    /**
     * Updates state and parameters from {@code start} until {@code end}, counted from the beginning of the block.
     *
     * @param gradients their gradients, from {@code first} on; left as they are
     */
    void apply(int start, int end, FloatBuffer gradients, int first) {
        for (int at = start; at < end; at += FusedRule.BLOCK) {
            int count = Math.min(FusedRule.BLOCK, end - at);
            gradients.get(first + at - start, gradientBlock, 0, count);
            parameters.get(at, parameterBlock, 0, count);
            mean(count);
            rule.apply(at, count, gradientBlock, parameterBlock);
            parameters.put(at, parameterBlock, 0, count);
        }
    }

    private void mean(int count) {
        if (multiplies) {
            for (int i = 0; i < count; i++) {
                gradientBlock[i] *= scale;
            }
        } else {
            for (int i = 0; i < count; i++) {
                gradientBlock[i] /= scale;
            }
        }
    }
}
