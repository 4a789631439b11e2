package dev.dropwise.common.dropout;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.data.ImageShape;
import java.util.Optional;
import org.deeplearning4j.nn.conf.dropout.IDropout;

/** From a spec such as {@code inverted:0.5} to the dropout that does it. */
public final class Dropouts {
    private Dropouts() {}

    /**
     * The dropout of {@code spec}, or empty when it drops nothing, or inside of layers ({@link DropoutSpec.Kind#isLayer}). Standard dropout needs a layer of its own around it, see
     * {@link StandardDropoutLayer}.
     *
     * @param image shape of the network's input, for the kind that works on it
     * @param seed of its streams while unbound, see {@link KeyedDropout}
     * @param site that tells its layer from others while unbound
     */
    public static Optional<IDropout> of(DropoutSpec spec, ImageShape image, long seed, int site) {
        if (spec.isNone()) {
            return Optional.empty();
        }
        double drop = spec.dropProbability();
        return switch (spec.kind()) {
            case NONE -> Optional.empty();
            case STANDARD -> Optional.of(new StandardDropout(drop, seed, site));
            case INVERTED -> Optional.of(new InvertedDropout(drop, seed, site));
            case GAUSSIAN -> Optional.of(new GaussianDropout(drop, seed, site));
            case SPATIAL -> Optional.of(new SpatialDropout(drop, seed, site));
            case ALPHA -> Optional.of(new AlphaDropout(drop, seed, site));
            case DROPBLOCK -> Optional.of(new DropBlock(drop, spec.side(), seed, site));
            case MAXDROP -> Optional.of(new MaxDrop(drop, seed, site));
            case STANDOUT, DROPCONNECT, POOLING -> Optional.empty();
            case CUTOUT -> Optional.of(new Cutout(spec.side(), image.height(), image.width(), seed, site));
        };
    }
}
