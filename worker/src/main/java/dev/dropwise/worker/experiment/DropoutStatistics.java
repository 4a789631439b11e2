package dev.dropwise.worker.experiment;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What inverted dropout does to the mean of 500 x 500 samples of N(10, 1), as in Stanford's course CS231n (assignment 2, Dropout).
 *
 * @param dropProbability of a sample
 * @param seed of samples and mask
 */
public record DropoutStatistics(double dropProbability, long seed) implements Measurement<DropoutStatistics.Result> {
    private static final long serialVersionUID = 1L;
    private static final int SIDE = 500;

    /**
     * What is published too.
     *
     * @param inputMean of all samples
     * @param trainMean of what comes out in training
     * @param testMean of what comes out in evaluation
     * @param trainZeros fraction of what comes out in training that is zero
     * @param testZeros the same in evaluation
     */
    public record Result(double inputMean, double trainMean, double testMean, double trainZeros, double testZeros) {}

    @Override
    public Result measure() {
        DropoutNetwork network = new DropoutNetwork(SIDE, dropProbability, seed);
        INDArray input = DropoutNetwork.samples(SIDE, seed);
        INDArray train = network.output(input, true);
        INDArray test = network.output(input, false);
        return new Result(mean(input), mean(train), mean(test), zeros(train), zeros(test));
    }

    private static double mean(INDArray array) {
        return array.meanNumber().doubleValue();
    }

    private static double zeros(INDArray array) {
        return array.eq(0).castTo(array.dataType()).meanNumber().doubleValue();
    }
}
