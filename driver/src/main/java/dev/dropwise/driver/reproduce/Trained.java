package dev.dropwise.driver.reproduce;

import dev.dropwise.worker.progress.EpochReport;
import java.util.List;

/**
 * A training that is done.
 *
 * @param epochs that were trained, from the first
 * @param testAccuracy fraction, of the model that is kept
 */
record Trained(List<EpochReport> epochs, double testAccuracy) {
    Trained {
        epochs = List.copyOf(epochs);
    }

    /** The report of the last epoch. */
    EpochReport last() {
        return epochs.get(epochs.size() - 1);
    }
}
