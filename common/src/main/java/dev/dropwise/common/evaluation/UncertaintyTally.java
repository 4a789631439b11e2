package dev.dropwise.common.evaluation;

/**
 * Counts of one Monte Carlo evaluation; those of disjoint sets of examples add up to those of their union.
 *
 * @param deterministic of the network in eval mode
 * @param predictive of the mean over the passes
 * @param entropySum of predictive entropies, in nats
 * @param mutualInformationSum in nats
 */
public record UncertaintyTally(Tally deterministic, Tally predictive, double entropySum, double mutualInformationSum) {
    /** Nothing evaluated yet. */
    public static final UncertaintyTally NONE = new UncertaintyTally(Tally.NONE, Tally.NONE, 0, 0);

    /** The tally of both sets. Floating-point sums depend on order: add in shard order. */
    public UncertaintyTally plus(UncertaintyTally other) {
        return new UncertaintyTally(
                deterministic.plus(other.deterministic),
                predictive.plus(other.predictive),
                entropySum + other.entropySum,
                mutualInformationSum + other.mutualInformationSum);
    }

    /** Mean predictive entropy in nats; NaN when there are no examples. */
    public double entropy() {
        return predictive.examples() == 0 ? Double.NaN : entropySum / predictive.examples();
    }

    /** Mean mutual information in nats; NaN when there are no examples. */
    public double mutualInformation() {
        return predictive.examples() == 0 ? Double.NaN : mutualInformationSum / predictive.examples();
    }
}
