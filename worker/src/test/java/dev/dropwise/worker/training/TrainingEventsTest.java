package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.progress.WorkerFacts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TrainingEventsTest {
    @TempDir
    private Path out;

    @Test
    void shouldSayWhoTrainsWhatBeforeTheFirstStepAndThenHowItGoes() {
        Trained trained = InProcessRun.of(Recipe.small().examples(103, 21).batchSize(8), out)
                .train(2);

        // Rank 0 alone speaks: once of each kind, but for epochs and steps.
        assertThat(trained.events())
                .filteredOn(event -> !(event instanceof RunEvent.Stepped))
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Met", "Audited", "EpochDone", "EpochDone");
        RunEvent.Met met = trained.events(RunEvent.Met.class).findFirst().orElseThrow();
        long pid = ProcessHandle.current().pid();
        assertThat(met)
                .isEqualTo(new RunEvent.Met(
                        1,
                        List.of(
                                new WorkerFacts(0, "host0", pid, List.of(0, 1), 51),
                                new WorkerFacts(1, "host1", pid, List.of(2, 3), 52)),
                        InProcessRun.KERNEL_CLASS,
                        "loopback",
                        784 * 32 + 32 + 32 * 10 + 10,
                        0,
                        List.of()));
    }

    @Test
    void shouldReportWhereTheEpochsTimeAndBytesWentWhenItIsDone() {
        Trained alone = InProcessRun.of(Recipe.small(), out.resolve("1")).train(1);
        Trained shared = InProcessRun.of(Recipe.small(), out.resolve("2")).train(2);

        EpochReport report = shared.epochs().get(1);
        assertThat(report.epoch()).isEqualTo(2);
        assertThat(report.step()).isEqualTo(8);
        assertThat(report.samplesPerSecond()).isPositive();
        assertThat(report.seconds().compute()).isPositive();
        assertThat(report.seconds().exchange()).isPositive();
        assertThat(report.seconds().evaluate()).isPositive();
        assertThat(report.stepSeconds().compute())
                .isPositive()
                .isLessThan(report.seconds().compute());
        // Four all-reduces of 25,450 floats, of which rank 0 sends half to be summed and half of the parameters; two
        // moments of
        // the 12,720 parameters that it updates; and records.
        long bytes = 4 * 101_800L + 2 * 50_880L;
        assertThat(report.exchange().bytes()).isBetween(bytes, bytes + 2000);
        assertThat(report.exchange().rounds()).isEqualTo(4 + 2 * 2 + 2);
        assertThat(report.exchange().transport()).isEqualTo("loopback");
        assertThat(alone.epochs().get(1).exchange().bytes()).isZero();
        assertThat(alone.epochs().get(1).seconds().exchange()).isZero();
    }

    @Test
    void shouldReportTheAccuracyOnTrainingExamplesAndChangeNothingElseWhenAskedFor() {
        Trained without =
                InProcessRun.of(Recipe.small(), out.resolve("without")).train(2);
        Trained one = InProcessRun.of(Recipe.small().trainAccuracy(), out.resolve("1"))
                .train(1);
        Trained two = InProcessRun.of(Recipe.small().trainAccuracy(), out.resolve("2"))
                .train(2);

        assertThat(without.epochs()).extracting(EpochReport::trainAccuracy).containsOnly(Double.NaN);
        List<Double> accuracies =
                two.epochs().stream().map(EpochReport::trainAccuracy).toList();
        // A whole number of the 512 examples, the same however many ranks count.
        assertThat(accuracies).allMatch(each -> each > 0.1 && each <= 1 && each * 512 == Math.rint(each * 512));
        assertThat(one.epochs().stream().map(EpochReport::trainAccuracy)).containsExactlyElementsOf(accuracies);
        assertThat(two.epochs().get(1).parameterDigest())
                .isEqualTo(without.epochs().get(1).parameterDigest());
        assertThat(two.epochs().get(1).validationAccuracy())
                .isEqualTo(without.epochs().get(1).validationAccuracy());
    }

    @Test
    void shouldSayFromWhichEpochItGoesOnWhenResumed() {
        InProcessRun.of(Recipe.small().epochs(1), out).train(2);

        Trained resumed = InProcessRun.of(Recipe.small(), out).resume(2);

        assertThat(resumed.events(RunEvent.Met.class)).singleElement().satisfies(met -> {
            assertThat(met.attempt()).isEqualTo(2);
            assertThat(met.startEpoch()).isEqualTo(1);
        });
    }
}
