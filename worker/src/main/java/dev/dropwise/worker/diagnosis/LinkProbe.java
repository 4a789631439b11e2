package dev.dropwise.worker.diagnosis;

import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.diagnosis.RankFacts.LinkSpeed;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** Measures the way between two ranks through the exchange that training uses. Both call it at the same time. */
public final class LinkProbe {
    /** What is sent at once to measure bandwidth, where that takes no longer than a second. */
    public static final int BULK_BYTES = 16 * 1024 * 1024;

    private static final int TRIAL_BYTES = 1024 * 1024;
    private static final int TRIPS = 200;
    private static final int BULKS = 3;
    private static final double SLOWEST_FOR_BULK = BULK_BYTES;

    private final Collectives pair;
    private final UnsafeBuffer bulk = new UnsafeBuffer(new byte[BULK_BYTES]);
    private final UnsafeBuffer word = new UnsafeBuffer(new byte[Integer.BYTES]);
    private long step;

    /** Over the exchange of a world of two. */
    public LinkProbe(Collectives pair) {
        if (pair.roster().worldSize() != 2) {
            throw new IllegalArgumentException("expected a pair of ranks, found a world of "
                    + pair.roster().worldSize());
        }
        this.pair = pair;
    }

    /** Measures from this rank to the other one; the other one's own measurement is the way back. */
    public LinkSpeed measure() {
        LinkSpeed own = new LinkSpeed("", 0, 0);
        for (int sender = 0; sender < 2; sender++) {
            double roundTripUs = roundTripUs(sender);
            double bytesPerSecond = bytesPerSecond(sender);
            if (sender == pair.roster().rank()) {
                own = new LinkSpeed(pair.transportName(), roundTripUs, bytesPerSecond);
            }
        }
        pair.barrier(step++);
        return own;
    }

    private double roundTripUs(int sender) {
        long[] tookNs = new long[TRIPS];
        for (int i = -TRIPS; i < TRIPS; i++) {
            long startNs = System.nanoTime();
            send(word, Integer.BYTES, sender);
            send(word, Integer.BYTES, 1 - sender);
            // The first half warms up code and caches.
            if (i >= 0) {
                tookNs[i] = System.nanoTime() - startNs;
            }
        }
        return median(tookNs) / 1e3;
    }

    private double bytesPerSecond(int sender) {
        double trial = TRIAL_BYTES * 1e9 / acknowledged(TRIAL_BYTES, sender);
        // The sender's clock decides for both: over a slow way the whole would take minutes.
        word.putInt(0, trial >= SLOWEST_FOR_BULK ? BULK_BYTES : TRIAL_BYTES);
        send(word, Integer.BYTES, sender);
        int bytes = word.getInt(0);
        long[] tookNs = new long[BULKS];
        for (int i = 0; i < BULKS; i++) {
            tookNs[i] = acknowledged(bytes, sender);
        }
        return bytes * 1e9 / median(tookNs);
    }

    private long acknowledged(int bytes, int sender) {
        long startNs = System.nanoTime();
        send(bulk, bytes, sender);
        send(word, Integer.BYTES, 1 - sender);
        return System.nanoTime() - startNs;
    }

    private void send(UnsafeBuffer buffer, int bytes, int sender) {
        pair.broadcast(buffer, bytes, sender, step++);
    }

    private static double median(long[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
