package dev.dropwise.driver.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dropwise.worker.trace.ClockReading;
import dev.dropwise.worker.trace.RankTimeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChromeTraceTest {
    // Numbers of kinds of spans on the wire.
    private static final int COMPUTE = 5;
    private static final int WAIT = 7;

    @Test
    void shouldPutARankInAProcessOfItsOwnWithTimesByTheClockOfRank0() throws IOException {
        RankTimeline zero =
                timeline(0, "near", List.of(new ClockReading(0, 0, 0)), 0, span(COMPUTE, 5_000, 9_500, 3, 1));
        RankTimeline far =
                timeline(1, "far", List.of(new ClockReading(0, -2_000, 40)), 0, span(WAIT, 7_250, 8_250, 3, 0));

        JsonNode trace = new ObjectMapper().readTree(ChromeTrace.json(List.of(zero, far)));

        assertThat(events(trace))
                .containsExactly(
                        "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":0,\"tid\":0,\"args\":{\"name\":\"rank 0 (near 40)\"}}",
                        "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":0,\"tid\":0,\"args\":{\"name\":\"training\"}}",
                        "{\"ph\":\"X\",\"name\":\"compute\",\"pid\":0,\"tid\":0,\"ts\":0.0,\"dur\":4.5,\"args\":{\"step\":3,\"shard\":1}}",
                        "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":1,\"tid\":0,\"args\":{\"name\":\"rank 1 (far 41)\"}}",
                        "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":1,\"tid\":0,\"args\":{\"name\":\"training\"}}",
                        "{\"ph\":\"X\",\"name\":\"wait\",\"pid\":1,\"tid\":0,\"ts\":0.25,\"dur\":1.0,\"args\":{\"step\":3,\"for\":0}}");
        assertThat(trace.at("/otherData/startedAt").textValue()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(trace.at("/otherData/ranks/1/clockUncertaintyMicros").doubleValue())
                .isEqualTo(0.04);
        assertThat(trace.at("/displayTimeUnit").textValue()).isEqualTo("ms");
    }

    @Test
    void shouldSayHowManySpansAreMissingWhenThereWasNoRoom() throws IOException {
        RankTimeline full = timeline(
                0,
                "host",
                List.of(new ClockReading(0, 0, 0)),
                17,
                span(COMPUTE, 1_000, 2_000, 0, 0),
                span(COMPUTE, 9_000, 9_100, 18, 0));

        JsonNode trace = new ObjectMapper().readTree(ChromeTrace.json(List.of(full)));

        assertThat(events(trace))
                .element(3)
                .isEqualTo("{\"ph\":\"i\",\"name\":\"17 spans before this moment were dropped\",\"pid\":0,\"tid\":0,"
                        + "\"ts\":8.0,\"s\":\"p\"}");
        assertThat(trace.at("/otherData/ranks/0/droppedSpans").intValue()).isEqualTo(17);
        assertThat(trace.at("/otherData/ranks/0/spans").intValue()).isEqualTo(2);
    }

    @Test
    void shouldLetNoSpanReachIntoTheNextWhenClocksDrift() throws IOException {
        RankTimeline zero =
                timeline(0, "near", List.of(new ClockReading(0, 0, 0)), 0, span(COMPUTE, 0, 1_000_000, 0, 0));
        // By rank 0's clock this rank's runs 10 % too fast.
        List<ClockReading> drifting = List.of(new ClockReading(0, 0, 1), new ClockReading(1_000_000, -100_000, 1));
        RankTimeline far = timeline(
                1, "far", drifting, 0, span(COMPUTE, 200_000, 500_000, 0, 2), span(WAIT, 500_000, 600_000, 0, 0));

        JsonNode trace = new ObjectMapper().readTree(ChromeTrace.json(List.of(zero, far)));

        assertThat(events(trace).subList(5, 7))
                .containsExactly(
                        "{\"ph\":\"X\",\"name\":\"compute\",\"pid\":1,\"tid\":0,\"ts\":180.0,\"dur\":270.0,\"args\":{\"step\":0,\"shard\":2}}",
                        "{\"ph\":\"X\",\"name\":\"wait\",\"pid\":1,\"tid\":0,\"ts\":450.0,\"dur\":90.0,\"args\":{\"step\":0,\"for\":0}}");
    }

    @Test
    void shouldBeWholeWhenRanksFailedBeforeTheyDidAnything() throws IOException {
        RankTimeline nothing = timeline(0, "host", List.of(), 0, new byte[0]);

        JsonNode trace = new ObjectMapper().readTree(ChromeTrace.json(List.of(nothing)));

        assertThat(events(trace)).hasSize(2).allMatch(event -> event.startsWith("{\"ph\":\"M\""));
        assertThat(trace.at("/otherData/ranks/0/clock").textValue()).isEqualTo("wall clock of its host");
    }

    private static List<String> events(JsonNode trace) {
        List<String> all = new ArrayList<>();
        trace.get("traceEvents").forEach(event -> all.add(event.toString()));
        return all;
    }

    private static RankTimeline timeline(
            int rank, String host, List<ClockReading> clock, long dropped, byte[]... spans) {
        ByteBuffer all = ByteBuffer.allocate(spans.length * spans[0].length);
        for (byte[] each : spans) {
            all.put(each);
        }
        // Midnight of 2026 is 5 us after the clock's zero.
        long wallOffsetNs = 1_767_225_600_000L * 1_000_000 - 5_000;
        return new RankTimeline(
                new RankTimeline.Source(rank, host, 40 + rank, wallOffsetNs), clock, 1, dropped, all.array());
    }

    private static byte[] span(int kind, long startNs, long endNs, long step, int detail) {
        return ByteBuffer.allocate(29)
                .put((byte) kind)
                .putLong(startNs)
                .putLong(endNs)
                .putLong(step)
                .putInt(detail)
                .array();
    }
}
