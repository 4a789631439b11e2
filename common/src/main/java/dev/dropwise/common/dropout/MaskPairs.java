package dev.dropwise.common.dropout;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Which masks the audit compares bit by bit: pairs that differ in exactly one of shard, site and step. */
final class MaskPairs {
    /** The most pairs compared, so that five standard errors stay a rare accident in a correct run. */
    static final int LIMIT = 1024;

    record Pair(MaskRecord first, MaskRecord second) {}

    private record Line(int shard, int site, long step) {}

    private MaskPairs() {}

    /**
     * Pairs of {@code ordered}, deterministically: neighbours along every axis first, then masks two apart, and so on, until
     * there are {@link #LIMIT}.
     */
    static List<Pair> of(List<MaskRecord> ordered) {
        List<List<MaskRecord>> lines = Stream.of(
                        linesOf(ordered, mask -> new Line(-1, mask.site(), mask.step())),
                        linesOf(ordered, mask -> new Line(mask.shard(), -1, mask.step())),
                        linesOf(ordered, mask -> new Line(mask.shard(), mask.site(), -1)))
                .flatMap(List::stream)
                .toList();
        int longest = lines.stream().mapToInt(List::size).max().orElse(0);
        List<Pair> pairs = new ArrayList<>();
        for (int distance = 1; distance < longest && pairs.size() < LIMIT; distance++) {
            addApart(distance, lines, pairs);
        }
        return pairs;
    }

    private static void addApart(int distance, List<List<MaskRecord>> lines, List<Pair> pairs) {
        for (List<MaskRecord> line : lines) {
            for (int i = 0; i + distance < line.size() && pairs.size() < LIMIT; i++) {
                pairs.add(new Pair(line.get(i), line.get(i + distance)));
            }
        }
    }

    private static List<List<MaskRecord>> linesOf(List<MaskRecord> ordered, Function<MaskRecord, Line> line) {
        Map<Line, List<MaskRecord>> lines = new LinkedHashMap<>();
        ordered.forEach(mask -> lines.computeIfAbsent(line.apply(mask), key -> new ArrayList<>())
                .add(mask));
        return List.copyOf(lines.values());
    }
}
