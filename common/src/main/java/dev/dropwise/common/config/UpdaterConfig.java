package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.ArrayList;
import java.util.List;
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
    /** What a run has that says nothing else. */
    public static final UpdaterConfig USUAL = new UpdaterConfig(Kind.ADAM, 0.001, 0.9);

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

    /** The options, with their values, that differ from {@link #USUAL}. */
    List<String> unusual() {
        List<String> found = new ArrayList<>();
        if (kind != USUAL.kind) {
            found.add("--updater " + kind);
        }
        if (learningRate != USUAL.learningRate) {
            found.add("--learning-rate " + learningRate);
        }
        if (!schedule.equals(USUAL.schedule)) {
            found.add("--learning-rate-schedule " + schedule);
        }
        if (momentum != USUAL.momentum) {
            found.add("--momentum " + momentum);
        }
        return found;
    }

    /** The same rule with another schedule. */
    public UpdaterConfig scheduled(RateSchedule other) {
        return new UpdaterConfig(kind, learningRate, momentum, other);
    }
}
