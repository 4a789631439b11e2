package dev.dropwise.common.evaluation;

import dev.dropwise.common.batch.ExampleBlock;
import dev.dropwise.common.batch.MiniBatchBuffers;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.dropout.MaskKeying;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.Arrays;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs a classifier over a block as {@link MonteCarlo} says. Masks are a function of (seed, purpose MONTE_CARLO, number of the first
 * example of a mini-batch, layer site, pass), so that the same question has the same answer, bit for bit on one kernel class, whoever
 * works on which block. For one thread.
 *
 * <p>What stands below the first layer that draws is computed once, not in each pass: for a network with dropout before its last layer
 * alone, fifty passes cost little more than one.
 */
public final class MonteCarloPass {
    private final NoisyForward forward;
    private final int layers;
    private final MiniBatchBuffers buffers;
    private final MonteCarlo request;
    private final EvaluationPass deterministic;
    private final MaskContext masks;
    private int firstNoisy;

    /**
     * Binds the dropout of {@code network}, which nobody else has bound.
     *
     * @throws DropwiseException (configuration) when {@code network} has none
     */
    public MonteCarloPass(MultiLayerNetwork network, MiniBatchBuffers buffers, MonteCarlo request) {
        this.forward = new NoisyForward(network);
        this.layers = network.getnLayers();
        this.buffers = buffers;
        this.request = request;
        this.deterministic = new EvaluationPass(network, buffers);
        this.firstNoisy = layers;
        StreamKey root = StreamKey.of(request.seed(), Purpose.MONTE_CARLO);
        MaskKeying keying = (example, site, pass, step) -> {
            // A site's number is that of its layer, plus a multiple of their count.
            firstNoisy = Math.min(firstNoisy, site % layers);
            return root.with(example).with(site).with(pass).value();
        };
        this.masks = new MaskContext(keying, 0);
        if (masks.bind(network) == 0) {
            throw withoutDropout();
        }
    }

    /** The error of a network in which nothing is left to chance. */
    public static DropwiseException withoutDropout() {
        return DropwiseException.configuration(
                "monte-carlo needs a network with dropout, found one without any: every pass"
                        + " would predict the same; leave --monte-carlo out, or train with --dropout inverted:0.5");
    }

    /**
     * Counts of the whole block.
     *
     * @param first number of the block's first example in its data set
     */
    public UncertaintyTally tally(ExampleBlock block, int first) {
        if (block.count() == 0) {
            return UncertaintyTally.NONE;
        }
        Uncertainty found = uncertainty(block, first);
        Tally predictive = EvaluationPass.tally(block, 0, block.count(), found.means());
        return new UncertaintyTally(
                deterministic.tally(block),
                predictive,
                Arrays.stream(found.entropies()).sum(),
                Arrays.stream(found.mutualInformation()).sum());
    }

    /** What the passes say about every example of the block; {@code first} as for {@link #tally}. */
    public Uncertainty uncertainty(ExampleBlock block, int first) {
        Uncertainty sum = new Uncertainty(new float[0], new float[0], new double[0], new double[0]);
        for (int from = 0; from < block.count(); from += EvaluationPass.BATCH) {
            int to = Math.min(block.count(), from + EvaluationPass.BATCH);
            sum = sum.followedBy(uncertainty(buffers.gather(block, from, to).features(), first + from));
        }
        return sum;
    }

    private Uncertainty uncertainty(INDArray features, int first) {
        boolean known = firstNoisy < layers;
        int start = known ? firstNoisy : 0;
        INDArray below = start == 0 ? features : forward.activation(0, start, features);
        masks.moveTo(first, 0, 0);
        float[] probabilities = forward.output(start, below);
        int examples = (int) features.size(0);
        PassMoments moments = new PassMoments(examples, probabilities.length / examples);
        moments.add(probabilities);
        if (firstNoisy > start) {
            // The first pass of all has shown which layer draws first.
            below = forward.activation(start, firstNoisy, below);
        }
        for (int pass = 1; pass < request.passes(); pass++) {
            masks.moveTo(first, pass, 0);
            moments.add(forward.output(firstNoisy, below));
        }
        return moments.uncertainty();
    }
}
