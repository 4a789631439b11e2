package dev.dropwise.common.dropout;

import dev.dropwise.common.batch.NativeFloats;
import dev.dropwise.common.failure.DropwiseException;
import java.nio.FloatBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The noise of standout (Ba and Frey, "Adaptive dropout for training deep neural networks", NIPS 2013): a unit of a layer with
 * the pre-activation z = W x + b is kept with probability {@code g = sigma(alpha z + beta)}, by a belief network that shares the
 * layer's weights. With the usual beta, logit(1 - p), a unit whose pre-activation is 0 is dropped with probability p.
 *
 * <p>Probabilities are taken in single precision, to 5e-6 of g or better, with the same bits on every machine for the same z,
 * and one word of the stream decides for one unit of one example. The audit records whether words exceed 1/2, for masks of
 * one layer are not independent of its weights, and so of one another.
 */
public final class Standout extends KeyedStream {
    private static final long serialVersionUID = 1L;
    private static final double HALF = 0.5;

    @JsonProperty("alpha")
    private final double alpha;

    @JsonProperty("beta")
    private final double beta;

    private transient @Nullable Draw draw;

    /** Noise with the usual alpha and beta. */
    public Standout(double dropProbability, long seed, int site) {
        this(dropProbability, 1, usualBeta(dropProbability), seed, site);
    }

    /**
     * Noise with an alpha and beta of its own.
     *
     * @param dropProbability that of a unit with pre-activation 0 if {@code beta} is the usual one; otherwise for people alone
     * @param alpha how far the pre-activation decides; 0 for not at all
     * @param beta what is added to it
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    @JsonCreator
    public Standout(
            @JsonProperty(value = "dropProbability", required = true) double dropProbability,
            @JsonProperty(value = "alpha", required = true) double alpha,
            @JsonProperty(value = "beta", required = true) double beta,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
        if (!Double.isFinite(alpha) || !Double.isFinite(beta)) {
            throw DropwiseException.configuration("standout: alpha and beta must be finite: alpha=" + alpha + " beta="
                    + beta + "; the usual ones for p in (0, 1) are 1 and logit(1 - p)");
        }
        this.alpha = alpha;
        this.beta = beta;
    }

    /** logit(1 - p): with it, pre-activations of 0 are dropped with probability p. */
    public static double usualBeta(double dropProbability) {
        return StrictMath.log((1 - dropProbability) / dropProbability);
    }

    /** How far the pre-activation decides. */
    public double alpha() {
        return alpha;
    }

    /** What is added to alpha times the pre-activation. */
    public double beta() {
        return beta;
    }

    /**
     * Draws the mask of a training pass.
     *
     * @param z pre-activations, row-major and contiguous, FLOAT or DOUBLE; not changed
     * @return 1 for kept and 0 for dropped, of the shape and type of {@code z}; this object's own array, valid until its next use
     */
    public INDArray mask(INDArray z, int iteration, int epoch) {
        long key = key(iteration, epoch);
        Draw own = draw();
        INDArray mask = own.of(z);
        own.mask(key, (float) alpha, (float) beta);
        site().ifPresent(site -> site.drawn(HALF, new WordBits(key, own.length(), HALF)));
        return mask;
    }

    /**
     * The probabilities g that units are kept, which evaluation multiplies by.
     *
     * @param z as in {@link #mask}
     * @return of the shape and type of {@code z}; this object's own array, valid until its next use
     */
    public INDArray retained(INDArray z) {
        Draw own = draw();
        INDArray retained = own.of(z);
        own.probabilities((float) alpha, (float) beta);
        return retained;
    }

    private Draw draw() {
        Draw own = draw == null ? new Draw() : draw;
        draw = own;
        return own;
    }

    /** As configured, bound nowhere. */
    public Standout copy() {
        return new Standout(dropProbability(), alpha, beta, seed(), configuredSite());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof Standout that
                && Double.compare(alpha, that.alpha) == 0
                && Double.compare(beta, that.beta) == 0;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), alpha, beta);
    }

    /** Scratch memory; one thread at a time. */
    private static final class Draw {
        private static final float STEPS = -1f / 64;
        private static final float WORD_UNIT = 0x1p-24f;

        private final NoiseArray array = new NoiseArray();
        private final KeyedWords words = new KeyedWords();
        private final int[] chunk = new int[KeyedWords.CHUNK];
        private final float[] values = new float[KeyedWords.CHUNK];
        private final FloatBits uniform = new FloatBits(KeyedWords.CHUNK);
        /** The elements of the last z, where they are single precision. */
        private @Nullable FloatBuffer source;

        /** This object's array, for what is made of {@code z}. */
        INDArray of(INDArray z) {
            INDArray own = array.of(z.dataType(), z.shape());
            source = array.isSingle() ? NativeFloats.of(z) : null;
            return source == null ? own.assign(z) : own;
        }

        private void get(int at, int count) {
            if (source == null) {
                array.get(at, values, count);
            } else {
                source.get(at, values, 0, count);
            }
        }

        int length() {
            return array.length();
        }

        void probabilities(float alpha, float beta) {
            for (int at = 0; at < length(); at += values.length) {
                int count = Math.min(values.length, length() - at);
                get(at, count);
                sigmoid(values, alpha, beta);
                array.put(at, values, count);
            }
        }

        void mask(long key, float alpha, float beta) {
            for (int at = 0; at < length(); at += values.length) {
                int count = Math.min(values.length, length() - at);
                get(at, count);
                sigmoid(values, alpha, beta);
                words.fill(key, at, chunk);
                keep(values, uniform.unsigned24(chunk));
                array.put(at, values, count);
            }
        }

        /** 1 / (1 + e^-t) for t = alpha z + beta, cut to [-16, 16], by a polynomial of e^(-t/64) and six squarings. */
        private static void sigmoid(float[] values, float alpha, float beta) {
            for (int i = 0; i < values.length; i++) {
                float t = Math.min(16f, Math.max(-16f, alpha * values[i] + beta));
                float x = t * STEPS;
                float e = 1f + x * (1f + x * (0.5f + x * (1f / 6 + x * (1f / 24 + x * (1f / 120 + x * (1f / 720))))));
                e *= e;
                e *= e;
                e *= e;
                e *= e;
                e *= e;
                e *= e;
                values[i] = 1f / (1f + e);
            }
        }

        /** Turns probabilities g into 1 where u < g and 0 elsewhere, for whole numbers u of 24 bits. */
        private static void keep(float[] values, float[] uniform) {
            for (int i = 0; i < values.length; i++) {
                // Both are exact; a difference of at least one unit, if any, gives 1 without a comparison.
                float above = values[i] - uniform[i] * WORD_UNIT;
                values[i] = Math.min(1f, Math.max(0f, above * 1e30f * 1e30f));
            }
        }
    }
}
