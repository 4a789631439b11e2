package dev.dropwise.driver.report;

import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.report.Findings.Finding;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.driver.run.RunDocument.Result;
import dev.dropwise.worker.progress.EpochReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The part of the page that says within five seconds whether the run is good. */
final class Headline {
    private static final double TWO_SIDED_95 = 1.96;

    private final RunDocument document;
    private final List<EpochReport> epochs;
    private final List<Finding> findings;

    Headline(RunDocument document, List<EpochReport> epochs, List<Finding> findings) {
        this.document = document;
        this.epochs = epochs;
        this.findings = findings;
    }

    void write(Markup page) {
        page.open("header", "class", mood());
        page.open("div", "class", "title")
                .leaf("h1", name())
                .leaf("span", document.status().name(), "class", "status")
                .close();
        page.leaf("p", facts(), "class", "facts");
        if (document.status() == RunDocument.Status.failed) {
            failure(page);
        }
        tiles(page);
        page.close();
        remarks(page);
    }

    /** What the run is about: its title. */
    String name() {
        String model = document.model() == null
                ? document.config().get("model")
                : document.model().name();
        String data = document.data() == null
                ? document.config().get("data")
                : document.data().name();
        if (model == null || data == null) {
            return "Dropwise run";
        }
        return model + " on " + data;
    }

    /** A class of the style sheet. */
    private String mood() {
        return switch (document.status()) {
            case running -> "running";
            case failed -> "failed";
            case succeeded -> findings.stream().anyMatch(Finding::doubtful) ? "doubtful" : "good";
        };
    }

    private String facts() {
        List<String> facts = new ArrayList<>();
        if (document.model() != null) {
            facts.add(Figures.counted(document.model().parameters(), "parameter"));
        }
        if (document.data() != null) {
            facts.add(Figures.count(document.data().train()) + " training, "
                    + Figures.count(document.data().validation()) + " validation and "
                    + Figures.count(document.data().test()) + " test examples");
        }
        if (!document.workers().isEmpty()) {
            long hosts = document.workers().stream()
                    .map(RunDocument.Worker::host)
                    .distinct()
                    .count();
            facts.add(Figures.counted(document.workers().size(), "worker") + " on " + Figures.counted(hosts, "host"));
        }
        facts.add(epochsDone());
        facts.add(Figures.counted(document.attempts(), "attempt"));
        return String.join(" \u00b7 ", facts);
    }

    private String epochsDone() {
        int last = epochs.isEmpty() ? 0 : epochs.get(epochs.size() - 1).epoch();
        String asked = document.config().get("epochs");
        return asked == null || asked.equals(String.valueOf(last))
                ? Figures.counted(last, "epoch")
                : last + " of " + asked + " epochs";
    }

    private void failure(Markup page) {
        page.open("div", "class", "error")
                .leaf("pre", document.error() == null ? "No cause was recorded." : document.error())
                .leaf("p", next())
                .close();
    }

    private String next() {
        Integer status = document.exitCode();
        ExitCode code = Arrays.stream(ExitCode.values())
                .filter(each -> status != null && each.status() == status)
                .findFirst()
                .orElse(ExitCode.BUG);
        String again = epochs.isEmpty()
                ? "start the run again."
                : "continue from the last checkpoint: the same command with --resume, and --out if it had none.";
        return "Exit code " + (status == null ? "unknown" : status) + ". "
                + switch (code) {
                    case USAGE, CONFIGURATION -> "Correct the options, then " + again;
                    case BAD_DATA -> "Correct or fetch the file again, then " + again;
                    case UNAVAILABLE -> "Wait for the cluster or ask for less of it, then " + again;
                    case IO -> "Make the path readable, writable and roomy, then " + again;
                    case BUG -> "This can be a defect of Dropwise: report it with this page and the executors' logs.";
                    case TRY_LATER, INTERRUPTED, TERMINATED, DONE, DIFFERENT ->
                        again.substring(0, 1).toUpperCase(Locale.ROOT) + again.substring(1);
                };
    }

    private void tiles(Markup page) {
        page.open("div", "class", "tiles");
        Result result = document.result();
        if (result != null) {
            results(page, result);
        } else if (!epochs.isEmpty()) {
            soFar(page, epochs.get(epochs.size() - 1));
        }
        page.close();
    }

    private void results(Markup page, Result result) {
        tile(page, "Test accuracy", Figures.percent(result.testAccuracy()), margin(result.testAccuracy()));
        tile(page, "Test loss", Figures.loss(result.testLoss()), "");
        Double validation = result.validationAccuracy();
        if (validation != null) {
            tile(page, "Validation accuracy", Figures.percent(validation), "best epoch: " + result.bestEpoch());
        }
        tile(page, "Samples a second", Figures.rate(result.samplesPerSecond()), exchangeShare());
        tile(page, "Wall time", Figures.duration(result.wallSeconds()), "");
    }

    private void soFar(Markup page, EpochReport last) {
        if (Double.isFinite(last.validationAccuracy())) {
            tile(page, "Validation accuracy", Figures.percent(last.validationAccuracy()), "epoch " + last.epoch());
        }
        tile(page, "Training loss", Figures.loss(last.trainLoss()), "epoch " + last.epoch());
        tile(page, "Samples a second", Figures.rate(last.samplesPerSecond()), exchangeShare());
    }

    private static void tile(Markup page, String label, String value, String note) {
        page.open("div", "class", "tile")
                .leaf("span", label, "class", "label")
                .leaf("b", value)
                .leaf("small", note)
                .close();
    }

    /** Half the width of the 95 % interval of a proportion, so that nobody reads meaning into its last digit. */
    private String margin(double accuracy) {
        if (document.data() == null || document.data().test() == 0 || !Double.isFinite(accuracy)) {
            return "";
        }
        double half = TWO_SIDED_95
                * Math.sqrt(accuracy * (1 - accuracy) / document.data().test());
        return "\u00b1 " + Figures.percent(half) + " on "
                + Figures.counted(document.data().test(), "example");
    }

    private String exchangeShare() {
        double share = Shares.of(epochs).together();
        return Double.isFinite(share) ? "exchange and wait: " + Figures.share(share) : "";
    }

    private void remarks(Markup page) {
        if (epochs.isEmpty()) {
            page.leaf("p", "No epoch was completed, so there are no curves.", "class", "remark");
        }
        for (Finding finding : findings) {
            page.leaf("p", finding.text(), "class", "remark");
        }
    }
}
