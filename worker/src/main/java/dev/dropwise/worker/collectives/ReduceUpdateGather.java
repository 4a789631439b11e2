package dev.dropwise.worker.collectives;

import dev.dropwise.common.layer.FactorMessage;
import dev.dropwise.common.layer.SufficientFactors;
import org.agrona.MutableDirectBuffer;

/**
 * Sums the gradients of all ranks as {@link Collectives#allReduce} does, and updates every parameter on one rank only, its owner: as
 * soon as the sums of some of its own parameters are there, it makes new ones of them by the {@link RangeUpdate} and sends those instead of
 * the sums, so that at the end all ranks hold the same parameters. What a rank held in the ranges of others is overwritten. The gradient is
 * left as it is.
 *
 * <p>May begin before the gradient is there. It is computed from its end, and so it is exchanged:
 *
 * <pre>{@code
 * exchange.start(step);
 * computeGradientOfLastLayer();
 * exchange.advance(firstParameterOfLastLayer);
 * computeGradientOfTheRest();
 * exchange.finish();
 * }</pre>
 *
 * <p>What a dense layer's gradient is the product of can be {@link #offer}ed instead of it. Where that is far less to send, the owner multiplies it
 * out as it sums, piece by piece, to the same bits.
 *
 * <p>Between start and finish a rank runs no other collective. How often it advances is its own affair; what comes from ranks that are ahead
 * waits. Every method throws what {@link Collectives} throws. Time inside of the update and of products counts neither as exchange nor as waiting, and
 * {@link #advance} never waits. Allocates nothing. After a failure some parameters are new and some are old: go on from a checkpoint. One
 * thread at a time, that of the collectives. In a world of one rank {@link #finish} updates all of the parameters by their gradient.
 */
public final class ReduceUpdateGather {
    // What packing and opening messages takes must be less than what is saved. Two ranks that share memory: at 784x500
    // and a sixth of the bytes a step takes 1.4 ms longer than with values, at 1024x1024 and a twentieth it is 1.4 to
    // 3.8 ms shorter.
    private static final int LEAST_GAIN = 10;

    private final Collectives collectives;
    private final AllReduce allReduce;
    private final MutableDirectBuffer gradient;
    private final MutableDirectBuffer parameters;
    private final Ownership ownership;
    private final RangeUpdate update;

    ReduceUpdateGather(
            Collectives collectives,
            AllReduce allReduce,
            MutableDirectBuffer gradient,
            MutableDirectBuffer parameters,
            Ownership ownership,
            RangeUpdate update) {
        this.collectives = collectives;
        this.allReduce = allReduce;
        this.gradient = gradient;
        this.parameters = parameters;
        this.ownership = ownership;
        this.update = update;
    }

    /** Who updates what. */
    public Ownership ownership() {
        return ownership;
    }

    /** Starts a round. */
    public void start(long step) {
        collectives.start(allReduce, step);
        allReduce.begin(gradient, parameters, ownership, update);
    }

    /**
     * Takes this rank's gradient of the range that {@code factors} tell from them instead of the vector, if they are far less to send; returns whether it
     * does. Call it before the range is final; {@code factors} must then stay as they are to the end of the round.
     */
    public boolean offer(SufficientFactors factors) {
        int ranks = collectives.roster().worldSize();
        long values = (long) (factors.end() - factors.from()) * Float.BYTES;
        boolean less = FactorMessage.lengths(factors, ranks) <= values / LEAST_GAIN;
        if (less) {
            allReduce.offer(factors);
        }
        return less;
    }

    /**
     * Exchanges what can be exchanged at once, given that from float {@code from} on the gradient is final and parameters are not needed
     * any more as they were.
     */
    public void advance(int from) {
        allReduce.ready(from);
        collectives.advance(allReduce);
    }

    /** Exchanges the rest: all of the gradient is final. */
    public void finish() {
        allReduce.ready(0);
        collectives.finish(allReduce);
    }
}
