package dev.dropwise.deploy.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

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

    /**
     * Steps whose all-reduce {@code rank} or {@code other} is not in, or has left before the other one had entered, by more than what
     * is unknown about their clocks; none where clocks were compared rightly.
     */
    public List<Long> unmet(int rank, int other) {
        Map<Long, Event> here = byStep(reductions(rank));
        Map<Long, Event> there = byStep(reductions(other));
        double uncertainty = clockUncertaintyMicros(rank) + clockUncertaintyMicros(other);
        return Stream.concat(here.keySet().stream(), there.keySet().stream())
                .distinct()
                .filter(step -> !meet(here.get(step), there.get(step), uncertainty))
                .toList();
    }

    private static Map<Long, Event> byStep(List<Event> events) {
        return events.stream().collect(Collectors.toMap(Event::step, each -> each));
    }

    private static boolean meet(@Nullable Event one, @Nullable Event other, double uncertainty) {
        return one != null
                && other != null
                && one.end() > other.start() - uncertainty
                && other.end() > one.start() - uncertainty;
    }

    /** How far off the clock of {@code rank} may be at most beside that of rank 0. */
    public double clockUncertaintyMicros(int rank) {
        return root.at("/otherData/ranks/" + rank + "/clockUncertaintyMicros").doubleValue();
    }

    private Stream<JsonNode> events(String phase) {
        return StreamSupport.stream(root.get("traceEvents").spliterator(), false)
                .filter(event -> event.get("ph").textValue().equals(phase));
    }
}
