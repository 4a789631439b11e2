package dev.dropwise.common.evaluation;

/**
 * Counts of one evaluation pass; tallies of disjoint sets of examples add up to the tally of their union.
 *
 * @param examples how many were evaluated
 * @param correct how many had their label predicted
 * @param lossSum sum of the cross-entropies, in nats
 */
public record Tally(long examples, long correct, double lossSum) {
    /** Nothing evaluated yet. */
    public static final Tally NONE = new Tally(0, 0, 0);

    /** The tally of both sets. Floating-point sums depend on order: add in shard order. */
    public Tally plus(Tally other) {
        return new Tally(examples + other.examples, correct + other.correct, lossSum + other.lossSum);
    }

    /** Fraction of examples whose label was predicted; NaN when there are none. */
    public double accuracy() {
        return examples == 0 ? Double.NaN : (double) correct / examples;
    }

    /** Mean cross-entropy in nats; NaN when there are no examples. */
    public double loss() {
        return examples == 0 ? Double.NaN : lossSum / examples;
    }
}
