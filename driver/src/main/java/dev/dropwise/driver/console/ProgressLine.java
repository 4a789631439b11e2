package dev.dropwise.driver.console;

import dev.dropwise.driver.report.Figures;
import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.progress.RunEvent.Stepped;
import java.util.Locale;

/** Progress in one line of plain ASCII: a bar over the whole run for a terminal, a sentence an epoch for a log. */
final class ProgressLine {
    private static final int WIDEST_BAR = 30;
    private static final int NARROWEST_BAR = 6;
    /** The bar comes before the validation accuracy as long as it is not this wide. */
    private static final int FAIR_BAR = 16;

    private final int epochs;
    private final int columns;

    ProgressLine(int epochs, int columns) {
        this.epochs = epochs;
        this.columns = columns;
    }

    /** Shorter than the terminal is wide, since a full line would wrap and could not be drawn over. */
    String bar(Stepped at, double validationAccuracy, String timeLeft) {
        String left = epoch(at.epoch()) + " ";
        String right = format(" step %" + digits(at.steps()) + "d/%d", at.step(), at.steps()) + "  loss "
                + Figures.loss(at.loss()) + "  " + Figures.rate(at.samplesPerSecond()) + " samples/s  " + timeLeft
                + " left";
        String validation = Double.isFinite(validationAccuracy) ? "  val " + Figures.percent(validationAccuracy) : "";
        int room = columns - 1 - left.length() - right.length();
        if (room - validation.length() >= FAIR_BAR) {
            room -= validation.length();
            right += validation;
        }
        String line = left + filled(position(at) / epochs, Math.min(WIDEST_BAR, room)) + right;
        return line.length() < columns ? line : line.substring(0, columns - 1);
    }

    String epochDone(EpochReport report, String timeLeft) {
        EpochReport.Seconds seconds = report.seconds();
        double total = seconds.compute() + seconds.exchange() + seconds.waiting() + seconds.evaluate();
        String validation = Double.isFinite(report.validationAccuracy())
                ? "  validation loss " + Figures.loss(report.validationLoss()) + "  validation accuracy "
                        + Figures.percent(report.validationAccuracy())
                : "";
        String training = Double.isFinite(report.trainAccuracy())
                ? "  training accuracy " + Figures.percent(report.trainAccuracy())
                : "";
        return epoch(report.epoch()) + "  training loss " + Figures.loss(report.trainLoss()) + training + validation
                + "  "
                + Figures.rate(report.samplesPerSecond()) + " samples/s  " + Figures.duration(total) + "  " + timeLeft
                + " left";
    }

    /** Epochs done, the running one in part. */
    static double position(Stepped at) {
        return at.epoch() - 1 + (double) at.step() / at.steps();
    }

    private String epoch(int epoch) {
        return format("epoch %" + digits(epochs) + "d/%d", epoch, epochs);
    }

    private static String filled(double fraction, int width) {
        if (width < NARROWEST_BAR) {
            return "";
        }
        int inside = width - 2;
        int done = (int) Math.min(inside, Math.max(0, Math.floor(fraction * inside)));
        String head = done < inside ? ">" : "";
        return "[" + "=".repeat(done) + head + " ".repeat(inside - done - head.length()) + "]";
    }

    private static int digits(int number) {
        return String.valueOf(number).length();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
