package dev.dropwise.driver.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.DropwiseException.Category;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.driver.run.RunDocuments;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.progress.WorkerFacts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private static final String ERASE = "\r\u001b[K";
    private static final long SECOND_NS = 1_000_000_000L;

    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();
    private final ByteArrayOutputStream results = new ByteArrayOutputStream();
    private long nowNs;

    @Test
    void shouldWriteOneLineAnEpochWhenNotOnATerminal() {
        Console console = log(10);

        console.on(met(1, 0));
        console.on(new RunEvent.Audited(1, List.of(List.of("a", "b"), List.of("c", "d"))));
        nowNs = 5 * SECOND_NS;
        console.on(new RunEvent.Stepped(1, 1, 5, 50, 2.25, 40_000));
        nowNs = 7 * SECOND_NS;
        console.on(new RunEvent.Stepped(1, 1, 25, 50, 0.5, 41_000));
        nowNs = 14 * SECOND_NS;
        console.on(new RunEvent.EpochDone(1, RunDocuments.epoch(1, 0.3456, 0.1234, 0.9625)));

        // 0.9 epochs in 9 seconds since the first step; 9 epochs are left.
        assertThat(progress.toString(UTF_8)).isEqualTo("""
                        2 workers on 2 hosts, 397,510 parameters, transport aeron:ipc, kernel class avx2/Haswell/1
                        mask audit passed: 4 streams, all different
                        epoch  1/10  training loss 0.3456  validation loss 0.1234  validation accuracy 96.25 %  41,002 samples/s  0.3 s  1:30 left
                        """);
        assertThat(results.size()).isZero();
    }

    @Test
    void shouldLeaveOutValidationWhenThereIsNone() {
        Console console = log(2);

        console.on(new RunEvent.EpochDone(1, RunDocuments.epoch(1, 0.5, Double.NaN, Double.NaN)));

        assertThat(progress.toString(UTF_8))
                .isEqualTo("epoch 1/2  training loss 0.5000  41,002 samples/s  0.3 s  -:-- left\n");
    }

    @Test
    void shouldDrawOverTheBarWhenOnATerminal() {
        Console console = terminal(4, 100);

        console.on(new RunEvent.Stepped(1, 1, 0, 50, 2.25, 40_000));
        nowNs = 10 * SECOND_NS;
        console.on(new RunEvent.EpochDone(1, RunDocuments.epoch(1, 0.5, 0.25, 0.9625)));
        console.on(new RunEvent.Stepped(1, 3, 5, 50, 0.0712, 41_234.5));

        // 2.1 of 4 epochs: 11 of 21 places; 1.9 epochs are left at 10 s for 2.1.
        assertThat(progress.toString(UTF_8))
                .isEqualTo(
                        ERASE
                                + "epoch 1/4 [>                           ] step  0/50  loss 2.2500  40,000 samples/s  -:-- left"
                                + ERASE
                                + "epoch 3/4 [===========>         ] step  5/50  loss 0.0712  41,235 samples/s  0:09 left  val 96.25 %");
    }

    @Test
    void shouldFitInEightyColumnsWhenAllFiguresAreUsual() {
        Console console = terminal(10, 80);

        console.on(new RunEvent.EpochDone(1, RunDocuments.epoch(5, 0.5, 0.25, 0.9625)));
        console.on(new RunEvent.Stepped(1, 6, 211, 422, 0.0712, 41_234.5));

        assertThat(progress.toString(UTF_8))
                .isEqualTo(ERASE + "epoch  6/10 [=====>    ] step 211/422  loss 0.0712  41,235 samples/s  -:-- left");
    }

    @Test
    void shouldStayOnOneLineWhenTheTerminalIsNarrow() {
        for (int columns = 10; columns < 140; columns++) {
            progress.reset();

            terminal(500, columns).on(new RunEvent.Stepped(1, 123, 45, 12_345, 2.25, 40_000));

            String line = progress.toString(UTF_8).substring(ERASE.length());
            assertThat(line).startsWith("epoch 123").hasSizeLessThan(columns);
        }
    }

    @Test
    void shouldKeepTheBarBelowWhenANoticeComes() {
        Console console = terminal(1, 60);
        console.on(new RunEvent.Stepped(1, 1, 1, 2, 1, 1));
        String bar = progress.toString(UTF_8).substring(ERASE.length());
        progress.reset();

        console.on(new RunEvent.Warned(1, 1, "a slow disk"));

        assertThat(progress.toString(UTF_8))
                .isEqualTo(ERASE + "\u001b[33mwarning: rank 1: a slow disk\u001b[0m\n" + bar);
    }

    @Test
    void shouldTellWhatFailedAndWhereTheNextAttemptStartsWhenAWorkerIsLost() {
        Console console = log(10);

        console.on(met(1, 0));
        console.on(new RunEvent.Failed(
                1,
                0,
                "host-a",
                Category.RETRYABLE,
                ExitCode.TRY_LATER,
                "all-reduce step=120: rank 1 silent for 5000 ms"));
        console.attemptFailed(1, 3, "rank 1 lost");
        console.on(new RunEvent.EpochDone(1, RunDocuments.epoch(4, 1, 1, 1)));
        console.on(met(2, 3));
        console.attemptFailed(2, 3, "rank 0 lost");
        console.on(met(3, 0));
        console.attemptFailed(3, 3, "rank 0 lost again");

        String facts = "2 workers on 2 hosts, 397,510 parameters, transport aeron:ipc, kernel class avx2/Haswell/1\n";
        assertThat(progress.toString(UTF_8))
                .isEqualTo(facts
                        + "rank 0 on host-a gave up: all-reduce step=120: rank 1 silent for 5000 ms\n"
                        + "attempt 1 of 3 failed: rank 1 lost; attempt 2 will start from the last checkpoint\n"
                        + "attempt 2 starts from the checkpoint of epoch 3\n" + facts
                        + "attempt 2 of 3 failed: rank 0 lost; attempt 3 will start from the last checkpoint\n"
                        + "attempt 3 starts anew: no epoch was completed\n" + facts
                        + "attempt 3 of 3 failed: rank 0 lost again\n");
    }

    @Test
    void shouldMeasureTimeLeftFromTheCheckpointWhenResumed() {
        Console console = log(10);

        console.on(met(1, 7));
        nowNs = 20 * SECOND_NS;
        console.on(new RunEvent.EpochDone(1, RunDocuments.epoch(8, 1, 1, 1)));

        assertThat(progress.toString(UTF_8)).contains("epoch  8/10").endsWith("  0:40 left\n");
    }

    @Test
    void shouldPrintTheResultAloneToStandardOutputWhenTheRunSucceeded() {
        Console console = log(10);

        console.finished(RunDocuments.succeeded(), "hdfs://nn/runs/7");

        assertThat(results.toString(UTF_8)).isEqualTo("""
                        Test accuracy        97.86 %
                        Test loss            0.0712
                        Validation accuracy  97.63 % (best epoch: 8)
                        Speed                41,235 samples/s on 2 workers
                        Wall time            1 min 12 s
                        Model                hdfs://nn/runs/7/model.zip
                        Report               hdfs://nn/runs/7/report.html
                        """);
        assertThat(progress.size()).isZero();
    }

    @Test
    void shouldWipeTheBarWhenTheRunSucceedsOnATerminal() {
        Console console = terminal(1, 60);
        console.on(new RunEvent.Stepped(1, 1, 1, 2, 1, 1));
        progress.reset();

        console.finished(RunDocuments.succeeded(), "/runs/7");

        assertThat(progress.toString(UTF_8)).isEqualTo(ERASE);
        assertThat(results.toString(UTF_8)).startsWith("Test accuracy        \u001b[1;32m97.86 %\u001b[0m\n");
    }

    @Test
    void shouldSayWhyAndPrintNoResultWhenTheRunFailed() {
        log(10).finished(RunDocuments.failedAtOnce("disk full; free some"), "/runs/7");

        assertThat(progress.toString(UTF_8)).isEqualTo("""
                        failed (exit code 74): disk full; free some
                        what is known is in /runs/7/report.html
                        """);
        assertThat(results.size()).isZero();
    }

    @Test
    void shouldOfferToResumeWhenTheRunWasInterrupted() {
        RunDocument done = RunDocuments.succeeded();
        RunDocument running = new RunDocument(
                RunDocument.Status.running,
                null,
                null,
                done.config(),
                1,
                Map.of(),
                null,
                null,
                null,
                List.of(),
                null,
                1,
                null,
                List.of());

        log(10).finished(running, "/runs/7");

        assertThat(progress.toString(UTF_8))
                .isEqualTo("not finished; train --resume --out /runs/7 continues from the last checkpoint\n");
    }

    @Test
    void shouldDisarmControlCharactersWhenAMessageHoldsThem() {
        log(1).on(new RunEvent.Warned(1, 0, "\u001b]0;pwned\u0007 \u009b2J\r two\n\tlines \u00e9"));

        assertThat(progress.toString(UTF_8)).isEqualTo("warning: rank 0: ?]0;pwned? ?2J? two\n\tlines \u00e9\n");
    }

    private Console log(int epochs) {
        return new Console(new Screen(stream(progress), stream(results), false, false, 80), epochs, () -> nowNs);
    }

    private Console terminal(int epochs, int columns) {
        return new Console(new Screen(stream(progress), stream(results), true, true, columns), epochs, () -> nowNs);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, false, UTF_8);
    }

    private static RunEvent.Met met(int attempt, int startEpoch) {
        List<WorkerFacts> workers = List.of(
                new WorkerFacts(0, "host-a", 4711, List.of(0, 1), 6_000),
                new WorkerFacts(1, "host-b", 4712, List.of(2, 3), 6_000));
        return new RunEvent.Met(attempt, workers, "avx2/Haswell/1", "aeron:ipc", 397_510, startEpoch, List.of());
    }
}
