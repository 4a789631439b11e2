package dev.dropwise.driver.run;

import dev.dropwise.worker.progress.EpochReport;
import java.util.List;
import java.util.Map;

/** Runs to test with, every part present. */
public final class RunDocuments {
    private RunDocuments() {}

    public static RunDocument succeeded() {
        return new RunDocument(
                RunDocument.Status.succeeded,
                null,
                0,
                Map.of("data", "digits", "epochs", "10", "out", "/runs/<a>&b"),
                42,
                Map.of("dropwise", "0.1.0", "spark", "4.1.0"),
                "onednn-avx512/SkylakeX/1",
                new RunDocument.Data("digits", 10_800, 1_200, 2_000, "3f2a"),
                new RunDocument.Spark("app-1", "spark://host:7077"),
                List.of(
                        new RunDocument.Worker(0, "host-a", 4711, List.of(0, 1), List.of("00aa", "11bb")),
                        new RunDocument.Worker(1, "host-b", 4712, List.of(2, 3), List.of("22cc", "33dd"))),
                new RunDocument.Model("mlp:500", 397_510),
                1,
                new RunDocument.Result(0.9786, 0.0712, 0.97625, 8, 41_234.5, 72.25),
                List.of());
    }

    public static RunDocument failedAtOnce(String error) {
        return new RunDocument(
                RunDocument.Status.failed,
                error,
                74,
                Map.of(),
                1,
                Map.of(),
                null,
                null,
                null,
                List.of(),
                null,
                0,
                null,
                List.of());
    }

    public static EpochReport epoch(int epoch, double trainLoss, double validationLoss, double validationAccuracy) {
        return new EpochReport(
                epoch,
                epoch * 85L,
                trainLoss,
                validationLoss,
                validationAccuracy,
                41_000.5 + epoch,
                new EpochReport.Seconds(0.2, 0.05, 0.025, 0.0125),
                new EpochReport.Seconds(0.002, 0.0005, 0.00025, 0),
                new EpochReport.Exchange(135_153_400, 85, "aeron:ipc"),
                "8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92",
                List.of(
                        new EpochReport.Waits(0, 0.04, List.of(0.0, 0.04)),
                        new EpochReport.Waits(1, 0.01, List.of(0.01, 0.0))));
    }
}
