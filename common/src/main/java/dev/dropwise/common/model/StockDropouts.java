package dev.dropwise.common.model;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.DropoutSpec.Kind;
import java.util.Optional;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;

/**
 * Which kind of ours is distributed like a dropout of Deeplearning4j's. Theirs draw from a generator that all workers seed alike; ours draw
 * from keyed streams. Probabilities there are of retaining, but for {@code GaussianDropout}.
 */
final class StockDropouts {
    private StockDropouts() {}

    /** The kind with its probability; empty for schedules, alpha dropout for another activation than SELU, and what is not dropout. */
    static Optional<DropoutSpec> like(IDropout dropout) {
        if (dropout instanceof Dropout inverted && inverted.getPSchedule() == null) {
            return Optional.of(new DropoutSpec(Kind.INVERTED, 1 - inverted.getP()));
        }
        if (dropout instanceof GaussianDropout gaussian && gaussian.getRateSchedule() == null) {
            return Optional.of(new DropoutSpec(Kind.GAUSSIAN, gaussian.getRate()));
        }
        if (dropout instanceof SpatialDropout spatial && spatial.getPSchedule() == null) {
            return Optional.of(new DropoutSpec(Kind.SPATIAL, 1 - spatial.getP()));
        }
        if (dropout instanceof AlphaDropout alpha
                && alpha.getPSchedule() == null
                && alpha.getAlpha() == AlphaDropout.DEFAULT_ALPHA
                && alpha.getLambda() == AlphaDropout.DEFAULT_LAMBDA) {
            return Optional.of(new DropoutSpec(Kind.ALPHA, 1 - alpha.getP()));
        }
        return Optional.empty();
    }
}
