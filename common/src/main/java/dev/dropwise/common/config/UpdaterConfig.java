package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.Locale;

/**
 * How a gradient changes parameters.
 *
 * @param kind the rule
 * @param learningRate positive
 * @param momentum of {@code nesterovs}, in [0, 1); unused by the others
 * @param schedule what the learning rate is multiplied by in each epoch
 */
public record UpdaterConfig(Kind kind, double learningRate, double momentum, RateSchedule schedule) {
    /** The rules that a run can name. */
    public enum Kind {
        ADAM,
        NESTEROVS,
        SGD;

        /** Parses the lower-case name. */
        public static Kind parse(String text) {
            for (Kind kind : values()) {
                if (kind.toString().equals(text)) {
                    return kind;
                }
            }
            throw DropwiseException.configuration("updater '" + text + "' is unknown; known: adam, nesterovs, sgd");
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public UpdaterConfig {
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            throw DropwiseException.configuration("learning-rate must be positive and finite, found " + learningRate);
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw DropwiseException.configuration("momentum must lie in [0, 1), found " + momentum);
        }
    }

    /** With the same learning rate throughout. */
    public UpdaterConfig(Kind kind, double learningRate, double momentum) {
        this(kind, learningRate, momentum, RateSchedule.CONSTANT);
    }

    /** The same rule with another schedule. */
    public UpdaterConfig scheduled(RateSchedule other) {
        return new UpdaterConfig(kind, learningRate, momentum, other);
    }
}
