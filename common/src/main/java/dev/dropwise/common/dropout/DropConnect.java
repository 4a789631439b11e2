package dev.dropwise.common.dropout;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The noise of DropConnect (Wan et al., "Regularization of neural networks using DropConnect", ICML 2013): in training each
 * weight and each bias of a layer is 0 with the drop probability, and unscaled otherwise. The paper draws a mask for each
 * example; one for each mini-batch and shard is cheaper by far and noisier by as much.
 *
 * <p>Numbers of 16 bits decide for each parameter of the layer ({@link BernoulliBits}), so that the probability is p to 2^-17; evaluation,
 * export and the audit go by the probability that masks really have ({@link #retained}). The audit records the mask of the mini-batch, or of
 * its first example.
 */
public final class DropConnect extends KeyedStream {
    /** Draws of the moment-matched normal distribution in evaluation, unless said otherwise. */
    public static final int USUAL_SAMPLES = 100;

    private static final long serialVersionUID = 1L;
    private static final int MOST_SAMPLES = 1 << 16;
    private static final int EVALUATION = -1;

    /** How many masks a mini-batch gets. */
    public enum Masks {
        /** One for each example, as in the paper. */
        EXAMPLE,
        /** One for all examples of a mini-batch of a shard. */
        BATCH;

        /** The word for it in a spec. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @JsonProperty("masks")
    private final Masks masks;

    @JsonProperty("samples")
    private final int samples;

    /**
     * Configures unbound noise.
     *
     * @param dropProbability of a weight or bias; 0, or one that differs from 0 and 1 in 16 bits
     * @param samples drawn in evaluation, as in the paper; 0 for the output of the mean pre-activation
     * @param seed of the streams while unbound, and of what evaluation draws
     * @param site that tells this layer from others, likewise
     */
    @JsonCreator
    public DropConnect(
            @JsonProperty(value = "dropProbability", required = true) double dropProbability,
            @JsonProperty(value = "masks", required = true) Masks masks,
            @JsonProperty(value = "samples", required = true) int samples,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
        if (samples < 0 || samples > MOST_SAMPLES) {
            throw DropwiseException.configuration("dropconnect: expected 0 (the mean) to " + MOST_SAMPLES
                    + " samples in evaluation, found " + samples);
        }
        boolean drops = threshold() < BernoulliBits.ALL;
        if (threshold() == 0 || drops != (dropProbability > 0)) {
            throw DropwiseException.configuration(
                    "dropconnect: expected a drop probability of 0, or between 2^-17 and 1 -"
                            + " 2^-17, since 16 bits decide for each weight, found " + dropProbability
                            + "; choose one in between");
        }
        this.masks = Objects.requireNonNull(masks, "masks");
        this.samples = samples;
    }

    /** How many masks a mini-batch gets. */
    public Masks masks() {
        return masks;
    }

    /** Draws in evaluation; 0 for the output of the mean pre-activation. */
    public int samples() {
        return samples;
    }

    /**
     * The key of a training pass, under which the masks are drawn and recorded.
     *
     * @param parameters of the layer
     */
    public long draw(int parameters, int iteration, int epoch) {
        long key = key(iteration, epoch);
        long first = masks == Masks.EXAMPLE ? keyOf(key, 0) : key;
        site().ifPresent(site -> site.drawn(1 - retained(), new MaskBits(first, parameters, threshold())));
        return key;
    }

    /** The key of one example's mask in the pass of {@code key}; for {@link Masks#EXAMPLE}. */
    public static long keyOf(long key, int example) {
        return StreamKey.absorb(key, example);
    }

    /** Draws the mask of {@code key}; {@code mask} is as long as the layer's parameters. */
    public void fill(long key, ParameterMask mask) {
        mask.draw(key, threshold());
    }

    /** Makes {@code factors} those of the mask that {@link #fill} would draw. */
    public void select(long key, MaskFactors factors) {
        factors.select(key, threshold());
    }

    /**
     * The standard normal numbers that evaluation draws: {@code samples} for each of {@code units}, sample by sample. They
     * depend on seed and site alone, so that all examples, batches, ranks and repetitions meet the same ones.
     */
    public float[] normals(int units) {
        long key = StreamKey.of(seed(), Purpose.MASK)
                .with(configuredSite())
                .with(EVALUATION)
                .value();
        float[] normals = new float[Math.multiplyExact(samples, units)];
        KeyedNormals stream = new KeyedNormals();
        float[] chunk = new float[KeyedNormals.CHUNK];
        for (int at = 0; at < normals.length; at += chunk.length) {
            stream.fill(key, at, chunk);
            System.arraycopy(chunk, 0, normals, at, Math.min(chunk.length, normals.length - at));
        }
        return normals;
    }

    /** The probability that masks keep a parameter: 1 - p in steps of 2^-16. */
    public double retained() {
        return threshold() / (double) BernoulliBits.ALL;
    }

    /** Numbers below this keep what they stand for. */
    private int threshold() {
        return (int) Math.round((1 - dropProbability()) * BernoulliBits.ALL);
    }

    /** As configured, bound nowhere. */
    public DropConnect copy() {
        return new DropConnect(dropProbability(), masks, samples, seed(), configuredSite());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof DropConnect that
                && masks == that.masks
                && samples == that.samples;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), masks.label(), samples);
    }

    /** One mask, packed; drawn again only when somebody asks. */
    private record MaskBits(long key, int length, int threshold) implements RandomBits {
        @Override
        public byte[] packedBits() {
            ParameterMask mask = new ParameterMask(length);
            mask.draw(key, threshold);
            return mask.packedBits();
        }
    }
}
