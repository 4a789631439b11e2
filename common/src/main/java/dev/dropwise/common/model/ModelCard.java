package dev.dropwise.common.model;

import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.data.Normalisation;

/**
 * What a saved model must be fed and what comes out: the entry {@code dropwise.json} of its zip.
 *
 * @param data name of the data set it was trained on
 * @param model name of the network, as the user gave it
 * @param image shape of an example
 * @param classes outputs
 * @param flatInput see {@link Model#flatInput}
 * @param normalisation from pixels 0..255 to inputs, per channel
 */
public record ModelCard(
        String data, String model, ImageShape image, int classes, boolean flatInput, Normalisation normalisation) {
    public ModelCard {
        if (classes < 1) {
            throw new IllegalArgumentException("a model needs at least one class, found " + classes);
        }
        if (normalisation.scale().length != image.channels()) {
            throw new IllegalArgumentException("normalisation needs a scale per channel: scales="
                    + normalisation.scale().length + " channels=" + image.channels());
        }
    }
}
