package dev.dropwise.driver.report;

import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.worker.progress.EpochReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a person should notice about a run, each with what to do. Rules look at numbers only and stay silent unless a
 * deviation is plain; an empty list means that nothing is wrong with the run as far as these rules see.
 */
final class Findings {
    /** Validation loss this far above its lowest value counts as rising. */
    private static final double RISEN = 1.10;
    /** Epochs after the lowest validation loss before it counts as passed. */
    private static final int EPOCHS_PAST = 2;
    /** Part of the training loop that exchange and wait may take unmentioned. */
    private static final double MUCH_EXCHANGE = 0.25;

    private static final double MUCH_WAITING = 0.15;

    /**
     * One of them.
     *
     * @param doubtful whether it casts doubt on the model; otherwise it is about time only
     */
    record Finding(String text, boolean doubtful) {}

    private final RunDocument document;
    private final List<EpochReport> epochs;

    Findings(RunDocument document, List<EpochReport> epochs) {
        this.document = document;
        this.epochs = epochs;
    }

    List<Finding> list() {
        List<Finding> found = new ArrayList<>();
        diverged().ifPresent(text -> found.add(new Finding(text, true)));
        overfitted().ifPresent(text -> found.add(new Finding(text, true)));
        slowed().ifPresent(text -> found.add(new Finding(text, false)));
        retried().ifPresent(text -> found.add(new Finding(text, false)));
        document.warnings().forEach(text -> found.add(new Finding(text, false)));
        return found;
    }

    private Optional<String> diverged() {
        return epochs.stream()
                .filter(epoch -> !Double.isFinite(epoch.trainLoss()))
                .findFirst()
                .map(epoch -> "Training loss is not a number from epoch " + epoch.epoch()
                        + " on: training diverged. Lower --learning-rate.");
    }

    private Optional<String> overfitted() {
        Optional<EpochReport> lowest = epochs.stream()
                .filter(epoch -> Double.isFinite(epoch.validationLoss()))
                .min(Comparator.comparingDouble(EpochReport::validationLoss));
        if (lowest.isEmpty()) {
            return Optional.empty();
        }
        EpochReport last = epochs.get(epochs.size() - 1);
        boolean risen = last.validationLoss() > RISEN * lowest.get().validationLoss();
        if (!risen || last.epoch() - lowest.get().epoch() < EPOCHS_PAST) {
            return Optional.empty();
        }
        return Optional.of("Validation loss was lowest in epoch " + lowest.get().epoch() + " ("
                + Figures.loss(lowest.get().validationLoss()) + ") and rose to "
                + Figures.loss(last.validationLoss())
                + ": the network overfits. Raise --dropout or stop earlier with --early-stopping.");
    }

    private Optional<String> slowed() {
        Shares shares = Shares.of(epochs);
        if (shares.waiting() > MUCH_WAITING) {
            return Optional.of("Workers wait for slower ones during " + Figures.share(shares.waiting())
                    + " of the training loop" + forWhom()
                    + ": give all of them equal cores and nothing else to do.");
        }
        if (shares.together() > MUCH_EXCHANGE) {
            return Optional.of("Exchange and wait take " + Figures.share(shares.together())
                    + " of the training loop: a larger --batch-size or --exchange parameters:K exchanges less often.");
        }
        return Optional.empty();
    }

    private String forWhom() {
        return new WaitTotals(epochs)
                .slowest()
                .map(rank -> ", mostly for " + named(document, rank))
                .orElse("");
    }

    /** A rank with its host, where the run knows it. */
    static String named(RunDocument document, int rank) {
        return document.workers().stream()
                .filter(worker -> worker.rank() == rank)
                .findFirst()
                .map(worker -> "rank " + rank + " (" + worker.host() + " " + worker.pid() + ")")
                .orElse("rank " + rank);
    }

    private Optional<String> retried() {
        return document.status() == RunDocument.Status.succeeded && document.attempts() > 1
                ? Optional.of("It took " + document.attempts()
                        + " attempts: earlier ones failed and the run went on from its last checkpoint.")
                : Optional.empty();
    }
}
