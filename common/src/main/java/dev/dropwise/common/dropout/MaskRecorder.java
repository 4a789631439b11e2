package dev.dropwise.common.dropout;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps a record of each shard's first masks at each site, then does nothing. */
final class MaskRecorder {
    private record Place(int shard, int site) {}

    private final int passes;
    private final Map<Place, Integer> drawn = new HashMap<>();
    private final List<MaskRecord> records = new ArrayList<>();

    MaskRecorder(int passes) {
        this.passes = passes;
    }

    void record(int shard, int site, double dropProbability, RandomBits bits) {
        if (passes == 0) {
            return;
        }
        Place place = new Place(shard, site);
        int pass = drawn.getOrDefault(place, 0);
        if (pass < passes) {
            drawn.put(place, pass + 1);
            records.add(of(place, pass, dropProbability, bits));
        }
    }

    private static MaskRecord of(Place place, int pass, double dropProbability, RandomBits bits) {
        byte[] packed = bits.packedBits();
        byte[] sample = Arrays.copyOf(packed, Math.min(packed.length, MaskRecord.SAMPLE_BITS / 8));
        return new MaskRecord(
                place.shard(), place.site(), pass, dropProbability, bits.length(), sha256().digest(packed), sample);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    List<MaskRecord> records() {
        return List.copyOf(records);
    }
}
