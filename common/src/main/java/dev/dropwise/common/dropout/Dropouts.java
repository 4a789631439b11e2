package dev.dropwise.common.dropout;

import dev.dropwise.common.config.DropoutSpec;
import java.util.Optional;
import org.deeplearning4j.nn.conf.dropout.IDropout;

/** From a spec such as {@code inverted:0.5} to the dropout that does it. */
public final class Dropouts {
    private Dropouts() {}

    /**
     * The dropout of {@code spec}, or empty when it drops nothing.
     *
     * @param seed of its streams while unbound, see {@link KeyedDropout}
     * @param site that tells its layer from others while unbound
     */
    public static Optional<IDropout> of(DropoutSpec spec, long seed, int site) {
        if (spec.isNone()) {
            return Optional.empty();
        }
        return switch (spec.kind()) {
            case NONE -> Optional.empty();
            case INVERTED -> Optional.of(new InvertedDropout(spec.dropProbability(), seed, site));
        };
    }
}
