package dev.dropwise.driver.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dropwise.worker.trace.ClockReading;
import dev.dropwise.worker.trace.RankTimeline;
import dev.dropwise.worker.trace.Span;
import dev.dropwise.worker.trace.Timeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * {@code trace.json}: the timelines of all ranks in Chrome's trace event format (JSON object form, "Trace Event Format", 2016), which
 * Perfetto and chrome://tracing read. A rank is a process whose pid is the rank; spans are complete events; times are microseconds by
 * the clock of rank 0 since the first span of all.
 */
public final class ChromeTrace {
    private static final int ONLY_THREAD = 0;
    private static final int MICROS_SCALE = 3;

    private final JsonGenerator out;
    private final RankTimeline zero;
    private final long originNs;

    private ChromeTrace(JsonGenerator out, List<RankTimeline> timelines) {
        this.out = out;
        this.zero = timelines.get(0);
        this.originNs = timelines.stream()
                .filter(each -> each.size() > 0)
                .mapToLong(this::firstNs)
                .min()
                .orElse(0);
    }

    /**
     * The file's bytes.
     *
     * @param timelines by rank, at least that of rank 0
     */
    public static byte[] json(List<RankTimeline> timelines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = new JsonFactory().createGenerator(bytes)) {
            new ChromeTrace(out, timelines).write(timelines);
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory can always be written", e);
        }
        return bytes.toByteArray();
    }

    private void write(List<RankTimeline> timelines) throws IOException {
        out.writeStartObject();
        out.writeStringField("displayTimeUnit", "ms");
        out.writeObjectFieldStart("otherData");
        long startMs = Math.floorDiv(originNs + zero.source().wallOffsetNs(), 1_000_000L);
        out.writeStringField("startedAt", Instant.ofEpochMilli(startMs).toString());
        out.writeArrayFieldStart("ranks");
        for (RankTimeline each : timelines) {
            facts(each);
        }
        out.writeEndArray();
        out.writeEndObject();
        out.writeArrayFieldStart("traceEvents");
        for (RankTimeline each : timelines) {
            rank(each);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void facts(RankTimeline timeline) throws IOException {
        out.writeStartObject();
        out.writeNumberField("rank", timeline.source().rank());
        out.writeStringField("host", timeline.source().host());
        out.writeNumberField("pid", timeline.source().pid());
        out.writeNumberField("spans", timeline.size());
        out.writeNumberField("droppedSpans", timeline.dropped());
        out.writeStringField("clock", timeline.clock().isEmpty() ? "wall clock of its host" : "measured");
        out.writeNumberField(
                "clockUncertaintyMicros",
                micros(timeline.clock().stream()
                        .mapToLong(ClockReading::uncertaintyNs)
                        .max()
                        .orElse(0)));
        out.writeEndObject();
    }

    private void rank(RankTimeline timeline) throws IOException {
        RankTimeline.Source source = timeline.source();
        name("process_name", source.rank(), "rank " + source.rank() + " (" + source.host() + " " + source.pid() + ")");
        name("thread_name", source.rank(), "training");
        timeline.forEach(new Events(timeline));
    }

    private void name(String what, int rank, String name) throws IOException {
        begin("M", what, rank);
        out.writeObjectFieldStart("args");
        out.writeStringField("name", name);
        out.writeEndObject();
        out.writeEndObject();
    }

    private void begin(String phase, String name, int rank) throws IOException {
        out.writeStartObject();
        out.writeStringField("ph", phase);
        out.writeStringField("name", name);
        out.writeNumberField("pid", rank);
        out.writeNumberField("tid", ONLY_THREAD);
    }

    /** Of a timeline with at least one span. */
    private long firstNs(RankTimeline timeline) {
        long[] first = {Long.MAX_VALUE};
        timeline.forEach((span, startNs, endNs, step, detail) -> first[0] = Math.min(first[0], startNs));
        return timeline.byClockOfRank0(first[0], zero);
    }

    private static BigDecimal micros(long ns) {
        return BigDecimal.valueOf(ns, MICROS_SCALE);
    }

    /** Writes the spans of one rank, and where some are missing how many. */
    private final class Events implements RankTimeline.Reader {
        private final RankTimeline timeline;
        private long written;

        Events(RankTimeline timeline) {
            this.timeline = timeline;
        }

        @Override
        public void span(Span span, long startNs, long endNs, long step, int detail) {
            try {
                long atNs = timeline.byClockOfRank0(startNs, zero) - originNs;
                if (written == timeline.first() && timeline.dropped() > 0) {
                    dropped(atNs);
                }
                begin("X", span.text(), timeline.source().rank());
                out.writeNumberField("ts", micros(atNs));
                // By the same clock at both ends: where clocks drift, spans would else reach into the next.
                out.writeNumberField("dur", micros(timeline.byClockOfRank0(endNs, zero) - originNs - atNs));
                out.writeObjectFieldStart("args");
                out.writeNumberField("step", step);
                if (detail != Timeline.NO_DETAIL) {
                    out.writeNumberField(span.detail(), detail);
                }
                out.writeEndObject();
                out.writeEndObject();
                written++;
            } catch (IOException e) {
                throw new UncheckedIOException("bytes in memory can always be written", e);
            }
        }

        private void dropped(long atNs) throws IOException {
            begin(
                    "i",
                    timeline.dropped() + " spans before this moment were dropped",
                    timeline.source().rank());
            out.writeNumberField("ts", micros(atNs));
            out.writeStringField("s", "p");
            out.writeEndObject();
        }
    }
}
