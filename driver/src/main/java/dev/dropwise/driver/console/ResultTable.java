package dev.dropwise.driver.console;

import dev.dropwise.driver.report.Figures;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.driver.run.RunDocument.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How good the model is, how fast it was trained, and where it is: one aligned line each. */
final class ResultTable {
    private ResultTable() {}

    static List<String> lines(RunDocument document, Result result, String runDirectory, Pen pen) {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Test accuracy", pen.good(Figures.percent(result.testAccuracy())));
        rows.put("Test loss", Figures.loss(result.testLoss()));
        Double validation = result.validationAccuracy();
        if (validation != null) {
            rows.put("Validation accuracy", Figures.percent(validation) + " (best epoch: " + result.bestEpoch() + ")");
        }
        rows.put(
                "Speed",
                Figures.rate(result.samplesPerSecond()) + " samples/s on "
                        + Figures.counted(document.workers().size(), "worker"));
        rows.put("Wall time", Figures.duration(result.wallSeconds()));
        if (document.attempts() > 1) {
            rows.put("Attempts", String.valueOf(document.attempts()));
        }
        rows.put("Model", pen.plain(runDirectory) + "/model.zip");
        rows.put("Report", pen.plain(runDirectory) + "/report.html");
        return aligned(rows);
    }

    private static List<String> aligned(Map<String, String> rows) {
        int widest = rows.keySet().stream().mapToInt(String::length).max().orElse(1);
        List<String> lines = new ArrayList<>();
        rows.forEach((name, value) -> lines.add(String.format(Locale.ROOT, "%-" + widest + "s  %s", name, value)));
        return lines;
    }
}
