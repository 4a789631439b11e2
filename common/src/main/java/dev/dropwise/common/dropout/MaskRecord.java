package dev.dropwise.common.dropout;

import java.util.Arrays;
import java.util.Comparator;

/**
 * What the audit keeps of one mask; it travels between ranks by {@link dev.dropwise.common.codec.Codec}.
 *
 * @param shard the shard whose mini-batch was masked
 * @param site the place in the network, see {@link MaskContext#bind}
 * @param step ordinal of the shard's pass over this site in this attempt, from 0: counted by the recorder and not told by
 *     the training loop, so that a loop which does not advance cannot hide it
 * @param dropProbability of each element
 * @param bits elements in the mask
 * @param digest SHA-256 of the packed mask
 * @param sample the mask's first elements, at most {@link #SAMPLE_BITS}: 1 for kept, eight to a byte, lowest bit first
 */
@SuppressWarnings("ArrayRecordComponent") // Equality and hash are spelled out below; nobody writes to the arrays.
public record MaskRecord(
        int shard, int site, long step, double dropProbability, long bits, byte[] digest, byte[] sample)
        implements Comparable<MaskRecord> {
    /** The most elements that {@code sample} holds. */
    public static final int SAMPLE_BITS = 4096;

    private static final int DIGEST_BYTES = 32;
    private static final Comparator<MaskRecord> ORDER = Comparator.comparingInt(MaskRecord::shard)
            .thenComparingInt(MaskRecord::site)
            .thenComparingLong(MaskRecord::step);

    public MaskRecord {
        int sampled = (int) Math.min(bits, SAMPLE_BITS);
        if (bits < 0 || digest.length != DIGEST_BYTES || sample.length != (sampled + 7) / 8) {
            throw new IllegalArgumentException(
                    "a mask record needs " + DIGEST_BYTES + " digest bytes and a bit for each"
                            + " of its first " + SAMPLE_BITS + " elements: digest=" + digest.length + " bytes, sample="
                            + sample.length + " bytes, elements=" + bits);
        }
        if (!(dropProbability >= 0 && dropProbability < 1)) {
            throw new IllegalArgumentException("drop probability must lie in [0, 1), found " + dropProbability);
        }
    }

    /** Elements that {@code sample} holds. */
    public int sampledBits() {
        return (int) Math.min(bits, SAMPLE_BITS);
    }

    /** By shard, then site, then step. */
    @Override
    public int compareTo(MaskRecord other) {
        return ORDER.compare(this, other);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MaskRecord that
                && compareTo(that) == 0
                && Double.compare(dropProbability, that.dropProbability) == 0
                && bits == that.bits
                && Arrays.equals(digest, that.digest)
                && Arrays.equals(sample, that.sample);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest) + 31 * (shard + 31 * (site + 31 * Long.hashCode(step)));
    }

    /** The coordinates: {@code shard 0 site 1 step 2}. */
    @Override
    public String toString() {
        return "shard " + shard + " site " + site + " step " + step;
    }
}
