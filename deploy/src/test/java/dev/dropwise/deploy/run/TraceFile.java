package dev.dropwise.deploy.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A run's {@code trace.json}, read as any viewer would.
 *
 * @param root of the JSON
 */
public record TraceFile(JsonNode root) {
    // Microseconds with three digits, added: what is off by less than a nanosecond was equal.
    private static final double ROUNDING = 1e-3;

    /**
     * A complete event; times in microseconds.
     *
     * @param rank whose row it is in
     */
    public record Event(String name, int rank, long step, double start, double length) {
        public double end() {
            return start + length;
        }

        /** Whether {@code other} lies within this one. */
        public boolean contains(Event other) {
            return start <= other.start && other.end() <= end() + ROUNDING;
        }
    }

    /** Names of processes, by rank. */
    public List<String> processes() {
        return events("M")
                .filter(event -> event.get("name").textValue().equals("process_name"))
                .sorted(Comparator.comparingInt(event -> event.get("pid").intValue()))
                .map(event -> event.at("/args/name").textValue())
                .toList();
    }

    /** Spans of one rank by start, containing ones before those that they contain. */
    public List<Event> spans(int rank) {
        return events("X")
                .map(event -> new Event(
                        event.get("name").textValue(),
                        event.get("pid").intValue(),
                        event.at("/args/step").longValue(),
                        event.get("ts").doubleValue(),
                        event.get("dur").doubleValue()))
                .filter(event -> event.rank() == rank)
                .sorted(Comparator.comparingDouble(Event::start).thenComparingDouble(event -> -event.length()))
                .toList();
    }

    /** Spans of {@code rank} that overlap an earlier one without lying in it; none in a sound file. */
    public List<Event> crossing(int rank) {
        List<Event> open = new ArrayList<>();
        List<Event> found = new ArrayList<>();
        for (Event each : spans(rank)) {
            open.removeIf(earlier -> earlier.end() <= each.start() + ROUNDING);
            if (open.stream().anyMatch(earlier -> each.end() > earlier.end() + ROUNDING)) {
                found.add(each);
            }
            open.add(each);
        }
        return found;
    }

    /** The all-reduce of each step of {@code rank}: the collective that its update lies in, or is preceded by. */
    public List<Event> reductions(int rank) {
        List<Event> spans = spans(rank);
        List<Event> updates =
                spans.stream().filter(each -> each.name().equals("update")).toList();
        return updates.stream()
                .flatMap(update -> spans.stream()
                        .filter(each -> each.name().equals("exchange")
                                && each.step() == update.step()
                                && (each.contains(update) || each.end() <= update.start()))
                        .max(Comparator.comparingDouble(Event::start))
                        .stream())
                .toList();
    }

    private Stream<JsonNode> events(String phase) {
        return StreamSupport.stream(root.get("traceEvents").spliterator(), false)
                .filter(event -> event.get("ph").textValue().equals(phase));
    }
}
