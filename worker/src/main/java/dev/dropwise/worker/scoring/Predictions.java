package dev.dropwise.worker.scoring;

/**
 * Predictions of consecutive images.
 *
 * @param first index of the first image
 * @param classes of the network
 * @param probabilities of each class, image after image
 */
@SuppressWarnings("ArrayRecordComponent") // Written to a file once, never compared.
public record Predictions(int first, int classes, float[] probabilities) {
    /** How many images there are. */
    public int count() {
        return probabilities.length / classes;
    }
}
