package dev.dropwise.driver.report;

import dev.dropwise.driver.report.Chart.Series;
import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.progress.EpochReport.Seconds;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** The charts of a run: how well it learns, how fast, and where the time goes. */
final class Curves {
    private final List<EpochReport> epochs;

    Curves(List<EpochReport> epochs) {
        this.epochs = epochs;
    }

    /** Nothing without epochs. */
    void write(Markup page) {
        if (epochs.isEmpty()) {
            return;
        }
        page.open("section", "class", "charts", "aria-label", "Curves");
        if (epochs.stream().mapToDouble(Curves::accuracyPercent).anyMatch(Double::isFinite)) {
            accuracy(page);
        }
        losses(page);
        time(page);
        speed(page);
        page.close();
    }

    private void accuracy(Markup page) {
        Series train = new Series("training, in eval mode", "train", epoch -> 100 * epoch.trainAccuracy());
        Axis axis = Axis.ofPercentages(DoubleStream.concat(values(train.value()), values(Curves::accuracyPercent))
                .toArray());
        new Chart("Validation accuracy", "%", epochs, axis)
                .lines(
                        page,
                        List.of(train, new Series("validation", "validation", Curves::accuracyPercent)),
                        epoch -> "epoch " + epoch.epoch() + ": validation accuracy "
                                + Figures.percent(epoch.validationAccuracy()));
    }

    private static double accuracyPercent(EpochReport epoch) {
        return 100 * epoch.validationAccuracy();
    }

    private void losses(Markup page) {
        Series train = new Series("training, with dropout", "train", EpochReport::trainLoss);
        Series validation = new Series("validation", "validation", EpochReport::validationLoss);
        Axis axis = Axis.ofLosses(DoubleStream.concat(values(train.value()), values(validation.value()))
                .toArray());
        boolean validated = values(validation.value()).anyMatch(Double::isFinite);
        new Chart(validated ? "Loss" : "Training loss", axis.logarithmic() ? "logarithmic" : "", epochs, axis)
                .lines(
                        page,
                        List.of(train, validation),
                        epoch -> "epoch " + epoch.epoch() + ": training loss " + Figures.loss(epoch.trainLoss())
                                + ", validation loss " + Figures.loss(epoch.validationLoss()));
    }

    private void time(Markup page) {
        Axis axis = Axis.fromZero(values(epoch -> Shares.finite(epoch.seconds().compute())
                        + Shares.finite(epoch.seconds().exchange())
                        + Shares.finite(epoch.seconds().waiting())
                        + Shares.finite(epoch.seconds().evaluate()))
                .toArray());
        new Chart("Time", "seconds an epoch", epochs, axis)
                .stacks(
                        page,
                        List.of(
                                new Series(
                                        "compute",
                                        "compute",
                                        epoch -> epoch.seconds().compute()),
                                new Series(
                                        "exchange",
                                        "exchange",
                                        epoch -> epoch.seconds().exchange()),
                                new Series(
                                        "wait", "wait", epoch -> epoch.seconds().waiting()),
                                new Series(
                                        "evaluate",
                                        "evaluate",
                                        epoch -> epoch.seconds().evaluate())),
                        Curves::timeTooltip);
    }

    private static String timeTooltip(EpochReport epoch) {
        Seconds seconds = epoch.seconds();
        return "epoch " + epoch.epoch() + ": compute " + Figures.seconds(seconds.compute()) + ", exchange "
                + Figures.seconds(seconds.exchange()) + ", wait " + Figures.seconds(seconds.waiting()) + ", evaluate "
                + Figures.seconds(seconds.evaluate());
    }

    private void speed(Markup page) {
        Series speed = new Series("all workers", "speed", EpochReport::samplesPerSecond);
        new Chart(
                        "Speed",
                        "training samples a second",
                        epochs,
                        Axis.fromZero(values(speed.value()).toArray()))
                .lines(
                        page,
                        List.of(speed),
                        epoch -> "epoch " + epoch.epoch() + ": " + Figures.rate(epoch.samplesPerSecond())
                                + " samples/s");
    }

    private DoubleStream values(ToDoubleFunction<EpochReport> value) {
        return epochs.stream().mapToDouble(value);
    }
}
