package dev.dropwise.worker.collectives;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The frames of a peer, with hostile ones among them that are drawn from a seed; nothing follows the last genuine one. */
final class HostileStream {
    /** What a hostile frame is. */
    enum Kind {
        /** A genuine frame with some of its bits changed. */
        MUTATED,
        /** A genuine frame without its end, or with something after it. */
        CUT,
        /** A genuine frame that was there before. */
        REPLAYED,
        /** A whole frame of another run or another attempt. */
        FOREIGN,
        /** A whole frame with this attempt's tag, by somebody without its secret. */
        FORGED,
        /** A genuine frame before its time. */
        EARLY
    }

    private final Random random;
    private final List<byte[]> genuine;
    private final List<byte[]> foreign;
    private final List<byte[]> forged;

    /**
     * Draws from {@code random}.
     *
     * @param foreign frames to use as foreign ones
     * @param forged frames to use as forged ones; none if they cannot be told from genuine ones
     */
    HostileStream(Random random, List<byte[]> genuine, List<byte[]> foreign, List<byte[]> forged) {
        this.random = random;
        this.genuine = genuine;
        this.foreign = foreign;
        this.forged = forged;
    }

    /**
     * What a receiver meets.
     *
     * @param frames genuine and hostile ones, in order
     * @param met hostile ones by kind, up to and including the one that {@code ends} the attempt, if any does
     */
    record Meeting(List<byte[]> frames, Map<Kind, Integer> met, List<Kind> ends) {}

    /** A stream with about {@code hostile} hostile frames, in which those of {@code deadly} kinds end the attempt. */
    Meeting draw(int hostile, List<Kind> deadly) {
        int[] before = new int[genuine.size()];
        for (int i = 0; i < hostile; i++) {
            before[random.nextInt(before.length)]++;
        }
        List<byte[]> frames = new ArrayList<>();
        Map<Kind, Integer> met = new EnumMap<>(Kind.class);
        List<Kind> ends = new ArrayList<>();
        for (int next = 0; next < before.length; next++) {
            for (int i = 0; i < before[next]; i++) {
                Kind kind = kind(next);
                frames.add(frame(kind, next));
                if (ends.isEmpty()) {
                    met.merge(kind, 1, Integer::sum);
                    if (deadly.contains(kind)) {
                        ends.add(kind);
                    }
                }
            }
            frames.add(genuine.get(next));
        }
        return new Meeting(frames, met, Collections.unmodifiableList(ends));
    }

    private Kind kind(int next) {
        while (true) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            boolean possible = switch (kind) {
                case REPLAYED -> next > 0;
                // Seldom: it ends the attempt in every mode.
                case EARLY -> next + 1 < genuine.size() && random.nextInt(10) == 0;
                case FORGED -> !forged.isEmpty();
                case MUTATED, CUT, FOREIGN -> true;
            };
            if (possible) {
                return kind;
            }
        }
    }

    private byte[] frame(Kind kind, int next) {
        return switch (kind) {
            case MUTATED -> mutated(any(genuine));
            case CUT -> cut(any(genuine));
            case REPLAYED -> genuine.get(random.nextInt(next));
            case FOREIGN -> any(foreign);
            case FORGED -> any(forged);
            case EARLY -> genuine.get(next + 1 + random.nextInt(genuine.size() - next - 1));
        };
    }

    private byte[] mutated(byte[] frame) {
        byte[] changed = frame.clone();
        for (int more = random.nextInt(8); more >= 0; more--) {
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        // Two changes may have undone each other.
        if (Arrays.equals(changed, frame)) {
            changed[0] ^= 1;
        }
        return changed;
    }

    private byte[] cut(byte[] frame) {
        int length = random.nextInt(2 * frame.length);
        return Arrays.copyOf(frame, length == frame.length ? 0 : length);
    }

    private byte[] any(List<byte[]> frames) {
        return frames.get(random.nextInt(frames.size()));
    }
}
