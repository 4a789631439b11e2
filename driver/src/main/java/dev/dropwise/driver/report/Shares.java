package dev.dropwise.driver.report;

import dev.dropwise.worker.progress.EpochReport;
import java.util.List;

/**
 * Where the time of all epochs went, as parts of the training loop (compute, exchange and wait; evaluation is apart).
 *
 * @param exchange fraction of the training loop; NaN without epochs
 * @param waiting fraction of the training loop; NaN without epochs
 */
record Shares(double exchange, double waiting) {
    static Shares of(List<EpochReport> epochs) {
        double compute = 0;
        double exchange = 0;
        double waiting = 0;
        for (EpochReport epoch : epochs) {
            compute += finite(epoch.seconds().compute());
            exchange += finite(epoch.seconds().exchange());
            waiting += finite(epoch.seconds().waiting());
        }
        double loop = compute + exchange + waiting;
        return new Shares(exchange / loop, waiting / loop);
    }

    static double finite(double value) {
        return Double.isFinite(value) ? value : 0;
    }

    double together() {
        return exchange + waiting;
    }
}
