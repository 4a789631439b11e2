package dev.dropwise.driver.report;

import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.worker.progress.EpochReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The part of the page that is looked up: workers, configuration, environment, and every epoch in numbers. */
final class Tables {
    private static final int DIGEST_CHARACTERS = 12;
    private static final List<String> EPOCH_COLUMNS = List.of(
            "epoch",
            "step",
            "training loss",
            "validation loss",
            "validation accuracy",
            "samples/s",
            "compute",
            "exchange",
            "wait",
            "evaluate",
            "step median: compute",
            "exchange",
            "wait",
            "sent by rank 0",
            "transport",
            "parameter digest");

    private final RunDocument document;
    private final List<EpochReport> epochs;

    Tables(RunDocument document, List<EpochReport> epochs) {
        this.document = document;
        this.epochs = epochs;
    }

    void write(Markup page) {
        workers(page);
        page.open("section", "class", "pair");
        pairs(page, "Configuration", new TreeMap<>(document.config()));
        pairs(page, "Environment", environment());
        page.close();
        everyEpoch(page);
    }

    private void workers(Markup page) {
        if (document.workers().isEmpty()) {
            return;
        }
        page.open("section").leaf("h2", "Workers");
        head(page, List.of("rank", "host", "pid", "shards", "mask digests, one a shard"));
        for (RunDocument.Worker worker : document.workers()) {
            page.open("tr")
                    .leaf("td", String.valueOf(worker.rank()), "class", "number")
                    .leaf("td", worker.host())
                    .leaf("td", String.valueOf(worker.pid()), "class", "number")
                    .leaf("td", worker.shards().stream().map(String::valueOf).collect(Collectors.joining(", ")))
                    .open("td");
            if (worker.maskDigests().isEmpty()) {
                page.text("not audited yet");
            }
            worker.maskDigests().forEach(digest -> digest(page, digest));
            page.close().close();
        }
        foot(page);
        page.close();
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        new TreeMap<>(document.versions()).forEach((name, version) -> environment.put(name + " version", version));
        environment.put("kernel class", document.kernelClass() == null ? "not agreed" : document.kernelClass());
        environment.put("seed", String.valueOf(document.seed()));
        environment.put("attempts", String.valueOf(document.attempts()));
        if (document.spark() != null) {
            environment.put("Spark application", document.spark().applicationId());
            environment.put("Spark master", document.spark().master());
        }
        if (document.data() != null) {
            environment.put("data fingerprint", document.data().fingerprint());
        }
        return environment;
    }

    private static void pairs(Markup page, String title, Map<String, String> pairs) {
        if (pairs.isEmpty()) {
            return;
        }
        page.open("div").leaf("h2", title).open("table").open("tbody");
        pairs.forEach((name, value) -> page.open("tr")
                .leaf("th", name, "scope", "row")
                .leaf("td", value)
                .close());
        page.close().close().close();
    }

    private void everyEpoch(Markup page) {
        if (epochs.isEmpty()) {
            return;
        }
        page.open("details").leaf("summary", "Every epoch in numbers");
        head(page, EPOCH_COLUMNS);
        for (EpochReport epoch : epochs) {
            page.open("tr");
            figures(epoch).forEach(figure -> page.leaf("td", figure, "class", "number"));
            page.leaf("td", epoch.exchange().transport()).open("td");
            digest(page, epoch.parameterDigest());
            page.close().close();
        }
        foot(page);
        page.close();
    }

    private static List<String> figures(EpochReport epoch) {
        List<String> figures = new ArrayList<>(List.of(
                String.valueOf(epoch.epoch()),
                Figures.count(epoch.step()),
                Figures.loss(epoch.trainLoss()),
                Figures.loss(epoch.validationLoss()),
                Figures.percent(epoch.validationAccuracy()),
                Figures.rate(epoch.samplesPerSecond()),
                Figures.seconds(epoch.seconds().compute()),
                Figures.seconds(epoch.seconds().exchange()),
                Figures.seconds(epoch.seconds().waiting()),
                Figures.seconds(epoch.seconds().evaluate())));
        figures.add(Figures.milliseconds(epoch.stepSeconds().compute()));
        figures.add(Figures.milliseconds(epoch.stepSeconds().exchange()));
        figures.add(Figures.milliseconds(epoch.stepSeconds().waiting()));
        figures.add(Figures.bytes(epoch.exchange().bytes()));
        return figures;
    }

    /** The beginning tells digests apart; the whole is in the tooltip. */
    private static void digest(Markup page, String digest) {
        String shown = digest.length() > DIGEST_CHARACTERS ? digest.substring(0, DIGEST_CHARACTERS) + "\u2026" : digest;
        page.leaf("code", shown, "title", digest);
    }

    private static void head(Markup page, List<String> columns) {
        page.open("div", "class", "wide").open("table").open("thead").open("tr");
        columns.forEach(column -> page.leaf("th", column, "scope", "col"));
        page.close().close().open("tbody");
    }

    private static void foot(Markup page) {
        page.close().close().close();
    }
}
