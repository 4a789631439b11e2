package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.trace.RankTimeline;
import dev.dropwise.worker.trace.Recording;
import dev.dropwise.worker.trace.Span;
import dev.dropwise.worker.trace.Timeline;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TimelineTest {
    private static final int RANKS = 2;
    private static final long SLOWER_BY_NS = 25_000_000;

    @TempDir
    private Path out;

    private record Noted(Span span, long startNs, long endNs, int detail) {
        long lengthNs() {
            return endNs - startNs;
        }
    }

    @Test
    void shouldTrainTheSameBitsWhenEverythingIsNoted() {
        Trained plain = InProcessRun.of(Recipe.small(), out.resolve("1")).train(RANKS);
        List<Timeline> timelines = List.of(Recording.ofRank(RANKS), Recording.ofRank(RANKS));

        Trained noted = InProcessRun.of(Recipe.small(), out.resolve("2"))
                .notedIn(timelines::get)
                .train(RANKS);

        assertThat(noted.numbers()).isEqualTo(plain.numbers());
        assertThat(noted.model()).isEqualTo(plain.model());
    }

    @Test
    void shouldNoteSpansThatNestAndAddUpToTheReportWhenARankIsTraced() {
        List<Timeline> timelines = List.of(Recording.ofRank(RANKS), Recording.ofRank(RANKS));

        Trained trained =
                InProcessRun.of(Recipe.small(), out).notedIn(timelines::get).train(RANKS);

        double computeSeconds = 0;
        for (int rank = 0; rank < RANKS; rank++) {
            List<Noted> spans = spans(timelines.get(rank).taken(rank, "host"));
            requireNesting(spans);
            Set<Span> expected = EnumSet.complementOf(EnumSet.of(Span.MEET, Span.PREPARE, Span.WAIT));
            if (rank > 0) {
                expected.removeAll(Set.of(Span.CHECKPOINT, Span.MODEL));
            }
            assertThat(spans).extracting(Noted::span).containsAll(expected);
            // Two shards a rank, four steps an epoch, two epochs.
            assertThat(spans).filteredOn(each -> each.span() == Span.COMPUTE).hasSize(2 * 4 * 2);
            List<Noted> updates =
                    spans.stream().filter(each -> each.span() == Span.UPDATE).toList();
            assertThat(updates).hasSize(4 * 2);
            // All are sharded but the last one of each epoch.
            assertThat(updates)
                    .filteredOn(update -> spans.stream()
                            .anyMatch(each -> each.span() == Span.EXCHANGE
                                    && each.startNs() < update.startNs()
                                    && each.endNs() == update.endNs()))
                    .hasSize(3 * 2);
            computeSeconds += seconds(spans, Span.COMPUTE) + seconds(spans, Span.UPDATE);
        }
        double reported = trained.epochs().stream()
                .mapToDouble(epoch -> epoch.seconds().compute())
                .sum();
        assertThat(computeSeconds / RANKS).isLessThanOrEqualTo(reported).isGreaterThan(0.5 * reported);
    }

    /** With a penalty the update is not sharded, and comes after the exchange; constraints come after a sharded one, of which there are three an epoch. */
    @ParameterizedTest
    @CsvSource({"1e-4, 0, 8", "0, 1.5, 14", "1e-4, 1.5, 8"})
    void shouldNoteUpdatesWhereTheyAreDoneWhenParametersArePenalisedOrConstrained(
            double l2, double maxNorm, int updates) {
        List<Timeline> timelines = List.of(Recording.ofRank(RANKS), Recording.ofRank(RANKS));

        InProcessRun.of(Recipe.small().regularisation(0, l2, maxNorm), out)
                .notedIn(timelines::get)
                .train(RANKS);

        for (int rank = 0; rank < RANKS; rank++) {
            List<Noted> spans = spans(timelines.get(rank).taken(rank, "host"));
            requireNesting(spans);
            assertThat(spans).filteredOn(each -> each.span() == Span.UPDATE).hasSize(updates);
        }
    }

    @Test
    void shouldNameTheSlowRankInTheReportWhenOneComputesLonger() {
        Recipe recipe = Recipe.small();
        Trained trained = InProcessRun.of(recipe, out)
                .withIntervention((rank, replica, shard, epoch, step) -> spin(rank == 1 ? SLOWER_BY_NS : 0))
                .train(RANKS);

        // Rank 1 owns two of the four shards, which take four steps an epoch.
        double injected = 2 * 4 * SLOWER_BY_NS / 1e9;
        for (EpochReport epoch : trained.epochs()) {
            System.out.println(epoch.waits());
            EpochReport.Waits fast = epoch.waits().get(0);
            EpochReport.Waits slow = epoch.waits().get(1);
            assertThat(fast.rank()).isZero();
            assertThat(fast.waitedFor().get(1)).isGreaterThan(injected / 2);
            assertThat(fast.waitedFor().get(0)).isZero();
            assertThat(slow.waitedFor().get(0)).isLessThan(fast.waitedFor().get(1) / 2);
            assertThat(fast.seconds()).isCloseTo(fast.waitedFor().get(1), within(1e-6));
            assertThat((fast.seconds() + slow.seconds()) / 2)
                    .isCloseTo(epoch.seconds().waiting(), within(1e-9));
        }
    }

    private static void spin(long ns) {
        long untilNs = System.nanoTime() + ns;
        while (System.nanoTime() - untilNs < 0) {
            Thread.onSpinWait();
        }
    }

    private static double seconds(List<Noted> spans, Span of) {
        return spans.stream()
                        .filter(each -> each.span() == of)
                        .mapToLong(Noted::lengthNs)
                        .sum()
                / 1e9;
    }

    private static List<Noted> spans(RankTimeline timeline) {
        List<Noted> all = new ArrayList<>();
        timeline.forEach((span, startNs, endNs, step, detail) -> all.add(new Noted(span, startNs, endNs, detail)));
        return all;
    }

    private static void requireNesting(List<Noted> spans) {
        List<Noted> sorted = spans.stream()
                .sorted(Comparator.comparingLong(Noted::startNs).thenComparingLong(each -> -each.endNs()))
                .toList();
        Deque<Noted> open = new ArrayDeque<>();
        for (Noted each : sorted) {
            assertThat(each.lengthNs()).isNotNegative();
            while (!open.isEmpty() && open.peek().endNs() <= each.startNs()) {
                open.pop();
            }
            assertThat(open.isEmpty() || each.endNs() <= open.peek().endNs())
                    .as("%s lies in or after %s", each, open.peek())
                    .isTrue();
            open.push(each);
        }
    }
}
