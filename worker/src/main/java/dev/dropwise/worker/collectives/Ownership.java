package dev.dropwise.worker.collectives;

import dev.dropwise.worker.transport.FrameHeader;
import java.util.ArrayList;
import java.util.List;

/**
 * Which rank owns which floats of a vector. The vector is cut into segments, and each segment is dealt out in parts of nearly equal
 * length, one a rank in their order, cut at multiples of 16 floats, a cache line, so that short ones leave some parts empty. A
 * rank's chunk is its parts of all segments one behind the other, that of the last segment first: a backward pass gives the
 * gradients of the last layer first, and what comes first can be exchanged first. Positions in a chunk are bytes. Immutable.
 */
public final class Ownership {
    private static final int FLOATS_PER_LINE = 16;
    /** Shorter segments are not worth frames of their own: 256 KB, about eight pieces. */
    private static final int MIN_SEGMENT = 1 << 16;

    /**
     * Floats that follow one another and have one owner.
     *
     * @param from the first of them
     * @param end behind the last
     */
    public record Range(int owner, int from, int end) {}

    private final int floats;
    private final int segments;
    /** By rank and turn, the turns of a rank being its parts in the order of its chunk: where in the vector a part begins, in bytes. */
    private final int[][] partStart;
    /** By rank and turn: where in the chunk a part begins; one more, the length of the chunk. */
    private final int[][] position;
    /** By turn: the first float of the segment. */
    private final int[] segmentStart;

    private Ownership(int[] ascendingStarts, int floats, int worldSize) {
        this.floats = floats;
        this.segments = ascendingStarts.length;
        this.segmentStart = new int[segments];
        this.partStart = new int[worldSize][segments];
        this.position = new int[worldSize][segments + 1];
        for (int turn = 0; turn < segments; turn++) {
            int index = segments - 1 - turn;
            int start = ascendingStarts[index];
            int length = (turn == 0 ? floats : ascendingStarts[index + 1]) - start;
            segmentStart[turn] = start;
            for (int rank = 0; rank < worldSize; rank++) {
                int from = cut(rank, worldSize, length);
                int end = cut(rank + 1, worldSize, length);
                partStart[rank][turn] = (start + from) * Float.BYTES;
                position[rank][turn + 1] = position[rank][turn] + (end - from) * Float.BYTES;
            }
        }
    }

    /** Of a vector of {@code floats} in one segment. */
    static Ownership whole(int floats, int worldSize) {
        return new Ownership(new int[] {0}, floats, worldSize);
    }

    /**
     * Of a vector of {@code floats} that is cut at {@code cuts}, in ascending order, as far as segments of at least 256 KB come of it.
     *
     * @throws IllegalArgumentException when a cut is outside of the vector or before the one before it
     */
    static Ownership cutAt(int[] cuts, int floats, int worldSize) {
        return cutAt(cuts, MIN_SEGMENT, floats, worldSize);
    }

    /** As {@link #cutAt(int[], int, int)}, with segments of at least {@code minSegment} floats. */
    static Ownership cutAt(int[] cuts, int minSegment, int floats, int worldSize) {
        List<Integer> starts = new ArrayList<>(List.of(0));
        for (int i = 0; i < cuts.length; i++) {
            int last = starts.get(starts.size() - 1);
            if (cuts[i] < (i == 0 ? 0 : cuts[i - 1]) || cuts[i] > floats) {
                throw new IllegalArgumentException(
                        "expected ascending cuts within 0 to " + floats + ", found " + cuts[i] + " at index " + i);
            }
            if (cuts[i] - last >= minSegment && floats - cuts[i] >= minSegment) {
                starts.add(cuts[i]);
            }
        }
        return new Ownership(starts.stream().mapToInt(Integer::intValue).toArray(), floats, worldSize);
    }

    private static int cut(int rank, int worldSize, int length) {
        return rank == worldSize
                ? length
                : (int) ((long) length * rank / worldSize) / FLOATS_PER_LINE * FLOATS_PER_LINE;
    }

    /** Whether it is that of a vector of {@code length} floats in one segment. */
    boolean isWhole(int length) {
        return segments == 1 && floats == length;
    }

    /** Length of the vector. */
    public int floats() {
        return floats;
    }

    /** All ranges that are not empty, of all ranks, in the order of chunks: segment by segment from the last, rank by rank. */
    public List<Range> ranges() {
        List<Range> ranges = new ArrayList<>();
        for (int turn = 0; turn < segments; turn++) {
            for (int rank = 0; rank < partStart.length; rank++) {
                int bytes = position[rank][turn + 1] - position[rank][turn];
                int from = partStart[rank][turn] / Float.BYTES;
                if (bytes > 0) {
                    ranges.add(new Range(rank, from, from + bytes / Float.BYTES));
                }
            }
        }
        return List.copyOf(ranges);
    }

    /** Length of {@code rank}'s chunk in bytes. */
    int chunkBytes(int rank) {
        return position[rank][segments];
    }

    /** Where in the vector, in bytes, the byte at {@code at} of {@code rank}'s chunk is. */
    int vectorOffset(int rank, int at) {
        int turn = turnOf(rank, at);
        return partStart[rank][turn] + at - position[rank][turn];
    }

    /** How many bytes from {@code at} on follow one another in the vector as they do in {@code rank}'s chunk; 0 at its end. */
    int runBytes(int rank, int at) {
        return at == chunkBytes(rank) ? 0 : position[rank][turnOf(rank, at) + 1] - at;
    }

    /** Whether the payload of the frame with {@code header} is what follows {@code position} in {@code rank}'s chunk. */
    boolean isNext(FrameHeader header, int rank, int position) {
        int bytes = header.payloadBytes();
        return header.chunk() == rank
                && header.offset() == position
                && bytes > 0
                && bytes % Float.BYTES == 0
                && bytes <= runBytes(rank, position);
    }

    /** Up to where {@code rank}'s chunk holds nothing but segments that begin at float {@code from} or later. */
    int bytesBehind(int rank, int from) {
        int turn = 0;
        while (turn < segments && segmentStart[turn] >= from) {
            turn++;
        }
        return position[rank][turn];
    }

    /** Where in {@code rank}'s chunk its part of the first segment begins, which is the last to be ready; at most its last byte. */
    int lastPart(int rank) {
        return Math.min(position[rank][segments - 1], Math.max(0, chunkBytes(rank) - 1));
    }

    /** The turn that holds position {@code at}; parts that are empty hold none. */
    private int turnOf(int rank, int at) {
        int turn = 0;
        while (turn < segments - 1 && position[rank][turn + 1] <= at) {
            turn++;
        }
        return turn;
    }
}
