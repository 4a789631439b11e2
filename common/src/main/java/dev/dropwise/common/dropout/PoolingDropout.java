package dev.dropwise.common.dropout;

import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The noise of max-pooling dropout (Wu and Gu, "Towards dropout training for convolutional neural networks", Neural Networks
 * 2015): each unit of a pooling window is dropped with probability p before the maximum is taken, so that of n units that are
 * not negative the i-th largest is chosen with probability (1-p) p^(i-1), and none with p^n. One word of the stream decides for
 * one window. The audit records whether the largest was kept.
 */
public final class PoolingDropout extends KeyedStream {
    private static final long serialVersionUID = 1L;

    private transient @Nullable KeyedWords words;

    /**
     * Configures unbound noise.
     *
     * @param dropProbability of a unit
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    @JsonCreator
    public PoolingDropout(
            @JsonProperty(value = "dropProbability", required = true) double dropProbability,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
    }

    /** The key of a training pass over {@code windows}, under which ranks are drawn and recorded. */
    public long draw(int windows, int iteration, int epoch) {
        long key = key(iteration, epoch);
        site().ifPresent(site -> site.drawn(dropProbability(), new WordBits(key, windows, dropProbability())));
        return key;
    }

    /**
     * Draws which of the units of a window is chosen.
     *
     * @param first window of {@code ranks}
     * @param ranks receives 0 for the largest until {@code units - 1} for the smallest, and {@code units} for none
     */
    public void ranks(long key, int first, int units, int[] ranks) {
        KeyedWords stream = words == null ? new KeyedWords() : words;
        words = stream;
        int[] chunk = new int[Math.min(KeyedWords.CHUNK, ranks.length)];
        for (int at = 0; at < ranks.length; at += chunk.length) {
            stream.fill(key, first + at, chunk);
            int count = Math.min(chunk.length, ranks.length - at);
            System.arraycopy(chunk, 0, ranks, at, count);
        }
        toRanks(ranks, thresholds(units));
    }

    private int[] thresholds(int units) {
        int[] thresholds = new int[units];
        double dropped = 1;
        for (int i = 0; i < units; i++) {
            dropped *= dropProbability();
            thresholds[i] = BernoulliMask.threshold(dropped);
        }
        return thresholds;
    }

    /** A rank is how many of the thresholds a word reaches. */
    private static void toRanks(int[] words, int[] thresholds) {
        for (int i = 0; i < words.length; i++) {
            int word = words[i] >>> 1;
            int rank = 0;
            for (int threshold : thresholds) {
                rank += 1 + ((word - threshold) >> 31);
            }
            words[i] = rank;
        }
    }

    /** The probabilities (1-p) p^(i-1) of the i-th largest of {@code units}, which evaluation weighs units by. */
    public double[] weights(int units) {
        double[] weights = new double[units];
        double weight = 1 - dropProbability();
        for (int i = 0; i < units; i++) {
            weights[i] = weight;
            weight *= dropProbability();
        }
        return weights;
    }

    /** As configured, bound nowhere. */
    public PoolingDropout copy() {
        return new PoolingDropout(dropProbability(), seed(), configuredSite());
    }
}
