package dev.dropwise.worker.transport;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How many frames were not used, and why. Thread-safe. */
public final class DroppedFrames {
    /** Why a frame was not used. */
    public enum Reason {
        /** Sent in another run, or in another life of this one. */
        FOREIGN_RUN,
        /** Sent in an earlier attempt of this run. */
        FOREIGN_ATTEMPT,
        /** Seen before. */
        DUPLICATE,
        /** Not a frame of anybody who holds the secret; only where there is one. */
        UNAUTHENTIC,
        /** Not a frame that can be read: where no seal proves the sender, a peer's own; the collective fails as well. */
        CORRUPT,
        /** Whole, but frames before it are missing; the collective fails as well. */
        OUT_OF_ORDER
    }

    private final Map<Reason, LongAdder> counts = new EnumMap<>(Reason.class);

    public DroppedFrames() {
        for (Reason each : Reason.values()) {
            counts.put(each, new LongAdder());
        }
    }

    void count(Reason reason) {
        adder(reason).increment();
    }

    /** How many frames were dropped for {@code reason} so far. */
    public long of(Reason reason) {
        return adder(reason).sum();
    }

    /** How many frames were not used, for whatever reason. */
    public long total() {
        return counts.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** The reasons there were, and how often: {@code {DUPLICATE=3}}. */
    @Override
    public String toString() {
        Map<Reason, Long> found = new EnumMap<>(Reason.class);
        for (Reason each : Reason.values()) {
            if (of(each) > 0) {
                found.put(each, of(each));
            }
        }
        return found.toString();
    }

    private LongAdder adder(Reason reason) {
        return Objects.requireNonNull(counts.get(reason));
    }
}
