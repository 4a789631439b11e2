package dev.dropwise.common.evaluation;

import dev.dropwise.common.batch.ExampleBlock;
import dev.dropwise.common.batch.MiniBatch;
import dev.dropwise.common.batch.MiniBatchBuffers;
import dev.dropwise.common.batch.NativeFloats;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Runs a classifier in eval mode over a block: no dropout, running batch-norm statistics. For one thread. */
public final class EvaluationPass {
    // Fixed, so that results do not depend on how a caller batches: the matrix product's blocking follows the batch
    // size.
    static final int BATCH = 500;
    private static final double SMALLEST_PROBABILITY = 1e-30;

    private final MultiLayerNetwork network;
    private final MiniBatchBuffers buffers;

    public EvaluationPass(MultiLayerNetwork network, MiniBatchBuffers buffers) {
        this.network = network;
        this.buffers = buffers;
    }

    /** Counts of the whole block; bit-equal for equal parameters and block on one kernel class. */
    public Tally tally(ExampleBlock block) {
        Tally sum = Tally.NONE;
        for (int from = 0; from < block.count(); from += BATCH) {
            int to = Math.min(block.count(), from + BATCH);
            sum = sum.plus(tally(block, from, to, probabilities(block, from, to)));
        }
        return sum;
    }

    /** Fills {@code all} with the class probabilities of the whole block, example after example. */
    public void probabilities(ExampleBlock block, float[] all) {
        for (int from = 0; from < block.count(); from += BATCH) {
            float[] some = probabilities(block, from, Math.min(block.count(), from + BATCH));
            System.arraycopy(some, 0, all, from * (all.length / block.count()), some.length);
        }
    }

    private float[] probabilities(ExampleBlock block, int from, int to) {
        MiniBatch batch = buffers.gather(block, from, to);
        return NativeFloats.copyOf(network.output(batch.features(), false).dup('c'));
    }

    static Tally tally(ExampleBlock block, int from, int to, float[] probabilities) {
        int classes = probabilities.length / (to - from);
        long correct = 0;
        double loss = 0;
        for (int i = from; i < to; i++) {
            int row = (i - from) * classes;
            correct += mostProbable(probabilities, row, classes) == block.label(i) ? 1 : 0;
            loss -= StrictMath.log(Math.max(SMALLEST_PROBABILITY, probabilities[row + block.label(i)]));
        }
        return new Tally(to - from, correct, loss);
    }

    /** The class of the largest of {@code classes} probabilities from {@code row} on; the first of equal ones. */
    public static int mostProbable(float[] probabilities, int row, int classes) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (probabilities[row + c] > probabilities[row + best]) {
                best = c;
            }
        }
        return best;
    }
}
