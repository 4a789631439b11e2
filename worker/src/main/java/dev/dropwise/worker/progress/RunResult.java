package dev.dropwise.worker.progress;

/**
 * How a finished training run did.
 *
 * @param testAccuracy of the model that is kept, fraction
 * @param testLoss mean cross-entropy of the model that is kept, in nats
 * @param validationAccuracy of the model that is kept; NaN without validation examples
 * @param bestEpoch epoch, from 1, whose parameters are kept
 * @param epochs that were trained
 */
public record RunResult(double testAccuracy, double testLoss, double validationAccuracy, int bestEpoch, int epochs) {}
