package dev.dropwise.common.dropout;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.DropwiseException.Category;
import dev.dropwise.common.failure.ExitCode;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Proves over a run's first steps that its masks are independent. It fails the run when two masks of any shards, sites and
 * steps have equal digests, or when two that differ in one coordinate alone agree in a fraction of elements that is more than
 * five standard errors away from what independence gives, {@code p_a p_b + (1 - p_a)(1 - p_b)}.
 *
 * <p>False alarms: a correct run fails with a probability of 6e-7 a pair, so at most {@link MaskPairs#LIMIT} pairs are compared,
 * nearest neighbours first: below 1e-3 for the largest job and 4e-5 for 4 shards with 2 sites. Being a function of the seed,
 * a false alarm does not go away by repetition, but with another seed. Masks too small to judge (fewer than 64 bits of
 * entropy for equality, an expected count of disagreements whose variance is below 64 for agreement) are passed over.
 */
public final class MaskAudit {
    private static final double STANDARD_ERRORS = 5;
    private static final double SMALLEST_ENTROPY_BITS = 64;
    private static final double SMALLEST_VARIANCE = 64;
    private static final String REMEDY =
            "; two mask streams share a key: run seed, shard, site, epoch and step must each"
                    + " enter every key, and the training loop must move on before each pass. If nothing was changed there, it is"
                    + " a false alarm (less than 1 in 1000 runs): choose another --seed";

    private MaskAudit() {}

    /**
     * Compares the records of all ranks.
     *
     * @throws DropwiseException (fatal) that names the two masks, their observed and their expected agreement
     */
    public static void verify(List<MaskRecord> records) {
        List<MaskRecord> ordered = records.stream().sorted().toList();
        refuseEqualDigests(ordered);
        for (MaskPairs.Pair pair : MaskPairs.of(ordered)) {
            refuseDependence(pair.first(), pair.second());
        }
    }

    /** A digest, in hexadecimal, of all recorded masks of {@code shard}: what run.json shows as {@code maskDigests}. */
    public static String shardDigest(List<MaskRecord> records, int shard) {
        var sha256 = MaskRecorder.sha256();
        records.stream().filter(mask -> mask.shard() == shard).sorted().forEach(mask -> sha256.update(mask.digest()));
        return HexFormat.of().formatHex(sha256.digest());
    }

    private static void refuseEqualDigests(List<MaskRecord> ordered) {
        Map<String, MaskRecord> seen = new HashMap<>();
        for (MaskRecord mask : ordered) {
            double agreement = expectedAgreement(mask, mask);
            if (mask.bits() * -Math.log(agreement) < SMALLEST_ENTROPY_BITS * Math.log(2)) {
                continue;
            }
            MaskRecord twin = seen.putIfAbsent(HexFormat.of().formatHex(mask.digest()), mask);
            if (twin != null) {
                throw failure(twin, mask, "are equal in all of " + mask.bits() + " elements", agreement);
            }
        }
    }

    private static void refuseDependence(MaskRecord a, MaskRecord b) {
        double expected = expectedAgreement(a, b);
        int bits = Math.min(a.sampledBits(), b.sampledBits());
        double variance = expected * (1 - expected) * bits;
        if (variance < SMALLEST_VARIANCE) {
            return;
        }
        int agreeing = agreeing(a.sample(), b.sample(), bits);
        if (Math.abs(agreeing - expected * bits) > STANDARD_ERRORS * Math.sqrt(variance)) {
            String found = String.format(
                    Locale.ROOT,
                    "agree in a fraction of %.4f of their first %d elements",
                    (double) agreeing / bits,
                    bits);
            throw failure(a, b, found, expected);
        }
    }

    private static double expectedAgreement(MaskRecord a, MaskRecord b) {
        double dropA = a.dropProbability();
        double dropB = b.dropProbability();
        return dropA * dropB + (1 - dropA) * (1 - dropB);
    }

    private static int agreeing(byte[] a, byte[] b, int bits) {
        int agreeing = 0;
        for (int i = 0; i < bits; i++) {
            int differing = (a[i >> 3] ^ b[i >> 3]) >> (i & 7) & 1;
            agreeing += 1 - differing;
        }
        return agreeing;
    }

    private static DropwiseException failure(MaskRecord a, MaskRecord b, String found, double expected) {
        String message = String.format(
                Locale.ROOT,
                "mask audit: the masks of (%s) and (%s) %s, expected %.4f within %.0f standard errors%s",
                a,
                b,
                found,
                expected,
                STANDARD_ERRORS,
                REMEDY);
        return new DropwiseException(Category.FATAL, ExitCode.BUG, message, null);
    }
}
