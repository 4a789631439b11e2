package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.run.RunFiles;
import dev.dropwise.deploy.run.TraceFile;
import dev.dropwise.deploy.run.TraceFile.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --trace} on two executor JVMs: what the timeline shows, and that it changes nothing. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TraceIT {
    private static final int RANKS = 2;
    private static final int EPOCHS = 2;
    private static final double MICROS = 1e6;

    private RunFiles plain;
    private RunFiles traced;
    private TraceFile trace;

    @BeforeAll
    void train(@TempDir Path directory) {
        plain = new RunFiles(directory.resolve("plain"));
        traced = new RunFiles(directory.resolve("traced"));
        train(plain);
        train(traced, "--trace");
        trace = traced.trace();
    }

    private static void train(RunFiles run, String... more) {
        DropwiseProcess.dropwise("train", "--out", run.directory().toString())
                .with("--epochs", Integer.toString(EPOCHS), "--train-limit", "3000")
                .with(more)
                .run()
                .orFail();
    }

    @Test
    void shouldTrainTheSameBitsWhenTraced() {
        assertThat(traced.parameterDigests()).hasSize(2).isEqualTo(plain.parameterDigests());
        assertThat(traced.maskDigests()).isEqualTo(plain.maskDigests());
        assertThat(Files.exists(plain.file("trace.json"))).isFalse();
    }

    @Test
    void shouldShowARowOfNestedSpansForEachRankWhenTraced() {
        for (int rank = 0; rank < RANKS; rank++) {
            assertThat(trace.processes().get(rank))
                    .matches("rank " + rank + " \\(\\S+ " + traced.workerPids().get(rank) + "\\)");
            assertThat(trace.crossing(rank)).isEmpty();
            Set<String> names = trace.spans(rank).stream().map(Event::name).collect(Collectors.toSet());
            assertThat(names)
                    .contains("meet", "prepare", "compare clocks", "read", "restore")
                    .contains("compute", "exchange", "wait", "update", "agree", "evaluate");
            assertThat(names.containsAll(Set.of("checkpoint", "write model"))).isEqualTo(rank == 0);
        }
    }

    @Test
    void shouldAddUpToTheSecondsInMetricsWhenTraced() {
        List<Event> computing = named("compute", "update");
        assertThat(seconds(computing) / RANKS)
                .isCloseTo(reported("/seconds/compute"), within(0.15 * reported("/seconds/compute")));

        List<Event> reductions = IntStream.range(0, RANKS)
                .boxed()
                .flatMap(rank -> trace.reductions(rank).stream())
                .toList();
        List<Event> waits = inside(reductions, "wait");
        double waited = reported("/seconds/wait");
        assertThat(seconds(waits) / RANKS).isCloseTo(waited, within(0.01 * waited + 1e-4));
        double exchanged = reported("/seconds/exchange");
        // Updates are sharded but in the last step of an epoch: each rank does its part while gradients come in.
        List<Event> updates = inside(reductions, "update");
        assertThat(updates).hasSize(reductions.size() - EPOCHS * RANKS);
        assertThat((seconds(reductions) - seconds(waits) - seconds(updates)) / RANKS)
                .isCloseTo(exchanged, within(0.01 * exchanged + 1e-4));
    }

    @Test
    void shouldShowNoRankLeaveAnExchangeThatAnotherHasNotEnteredWhenClocksAreCompared() {
        System.out.println("clocks compared to within " + trace.clockUncertaintyMicros(1) + " us");
        assertThat(trace.reductions(0)).hasSizeGreaterThan(40);
        assertThat(trace.unmet(0, 1)).isEmpty();
    }

    @Test
    void shouldSayForWhomEachRankWaitedWhenMetricsAndReportAreRead() {
        for (JsonNode line : plain.metrics()) {
            assertThat(line.get("waits")).hasSize(RANKS);
            for (int rank = 0; rank < RANKS; rank++) {
                JsonNode waits = line.at("/waits/" + rank);
                assertThat(waits.get("rank").intValue()).isEqualTo(rank);
                assertThat(waits.at("/waitedFor/" + rank).doubleValue()).isZero();
                assertThat(waits.at("/waitedFor/" + (1 - rank)).doubleValue())
                        .isCloseTo(waits.get("seconds").doubleValue(), within(1e-6));
            }
        }
        assertThat(plain.text("report.html")).contains("Who waited for whom");
    }

    private List<Event> named(String... names) {
        return IntStream.range(0, RANKS)
                .boxed()
                .flatMap(rank -> trace.spans(rank).stream())
                .filter(each -> Set.of(names).contains(each.name()))
                .toList();
    }

    private List<Event> inside(List<Event> reductions, String name) {
        return named(name).stream()
                .filter(inner ->
                        reductions.stream().anyMatch(each -> each.rank() == inner.rank() && each.contains(inner)))
                .toList();
    }

    private static double seconds(List<Event> spans) {
        return spans.stream().mapToDouble(Event::length).sum() / MICROS;
    }

    /** Over all epochs. */
    private double reported(String field) {
        return traced.metrics().stream()
                .mapToDouble(line -> line.at(field).doubleValue())
                .sum();
    }
}
