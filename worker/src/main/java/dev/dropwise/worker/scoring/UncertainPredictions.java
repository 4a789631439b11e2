package dev.dropwise.worker.scoring;

import dev.dropwise.common.evaluation.Uncertainty;

/**
 * Predictions of consecutive images by Monte Carlo dropout.
 *
 * @param first index of the first image
 * @param uncertainty of each image
 */
public record UncertainPredictions(int first, Uncertainty uncertainty) {
    /** How many images there are. */
    public int count() {
        return uncertainty.count();
    }

    /** Outputs of the network; 0 when there are no images. */
    public int classes() {
        return count() == 0 ? 0 : uncertainty.means().length / count();
    }
}
