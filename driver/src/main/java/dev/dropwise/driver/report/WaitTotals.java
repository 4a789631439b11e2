package dev.dropwise.driver.report;

import dev.dropwise.worker.progress.EpochReport;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Which rank waited how long for which, over all epochs. */
final class WaitTotals {
    /** Above this part of all waiting, one rank is the one that others wait for. */
    private static final double MOST = 0.6;

    private final double[][] seconds;

    WaitTotals(List<EpochReport> epochs) {
        int ranks = epochs.stream()
                .flatMap(epoch -> epoch.waits().stream())
                .mapToInt(waits -> Math.max(waits.rank() + 1, waits.waitedFor().size()))
                .max()
                .orElse(0);
        seconds = new double[ranks][ranks];
        for (EpochReport epoch : epochs) {
            for (EpochReport.Waits waits : epoch.waits()) {
                for (int peer = 0; peer < waits.waitedFor().size(); peer++) {
                    seconds[waits.rank()][peer] += waits.waitedFor().get(peer);
                }
            }
        }
    }

    /** How many ranks there are; 0 when nothing was measured. */
    int ranks() {
        return seconds.length;
    }

    /** Seconds that {@code rank} waited for {@code peer}. */
    double seconds(int rank, int peer) {
        return seconds[rank][peer];
    }

    /** Seconds that all others waited for {@code peer}. */
    double forRank(int peer) {
        return IntStream.range(0, ranks())
                .mapToDouble(rank -> seconds[rank][peer])
                .sum();
    }

    /** The longest that any rank waited for any other. */
    double longest() {
        return IntStream.range(0, ranks())
                .mapToDouble(rank -> IntStream.range(0, ranks())
                        .mapToDouble(peer -> seconds[rank][peer])
                        .max()
                        .orElse(0))
                .max()
                .orElse(0);
    }

    /** The rank that most waiting was for, if there is one. */
    Optional<Integer> slowest() {
        double all = IntStream.range(0, ranks()).mapToDouble(this::forRank).sum();
        return IntStream.range(0, ranks())
                .filter(peer -> forRank(peer) > MOST * all)
                .boxed()
                .findFirst();
    }
}
