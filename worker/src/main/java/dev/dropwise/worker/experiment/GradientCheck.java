package dev.dropwise.worker.experiment;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The backward pass of inverted dropout against central differences in double precision with a fixed mask, on 10 x 10 samples of N(10, 1)
 * and an output gradient of N(0, 1), as in Stanford's course CS231n (assignment 2, Dropout).
 *
 * @param dropProbability of a sample
 * @param seed of samples, output gradient and mask
 */
public record GradientCheck(double dropProbability, long seed) implements Measurement<GradientCheck.Result> {
    private static final long serialVersionUID = 1L;
    private static final int SIDE = 10;
    private static final double STEP = 1e-5;
    private static final double SMALLEST_DENOMINATOR = 1e-8;

    /**
     * How far the two gradients a and n lie apart.
     *
     * @param relativeError the largest of |a - n| / max(1e-8, |a| + |n|) over all elements
     * @param kept elements that the mask has kept, whose gradients are not 0
     */
    public record Result(double relativeError, int kept) {}

    @Override
    public Result measure() {
        DropoutNetwork network = new DropoutNetwork(SIDE, dropProbability, seed);
        INDArray input = DropoutNetwork.samples(SIDE, seed);
        INDArray direction = DropoutNetwork.directions(SIDE, seed);
        network.output(input, true);
        INDArray analytic = network.backward(direction);
        double largest = 0;
        int kept = 0;
        for (long i = 0; i < input.length(); i++) {
            double exact = analytic.getDouble(i);
            double numeric = centralDifference(network, input, direction, i);
            double sum = Math.max(SMALLEST_DENOMINATOR, Math.abs(exact) + Math.abs(numeric));
            largest = Math.max(largest, Math.abs(exact - numeric) / sum);
            kept += exact == 0 ? 0 : 1;
        }
        return new Result(largest, kept);
    }

    private static double centralDifference(DropoutNetwork network, INDArray input, INDArray direction, long index) {
        INDArray above = moved(network, input, index, STEP);
        INDArray below = moved(network, input, index, -STEP);
        // Subtracted element by element first: the sums themselves would round off what is looked for.
        return above.subi(below).muli(direction).sumNumber().doubleValue() / (2 * STEP);
    }

    private static INDArray moved(DropoutNetwork network, INDArray input, long index, double by) {
        INDArray moved = input.dup('c');
        moved.putScalar(index, moved.getDouble(index) + by);
        return network.output(moved, true);
    }
}
