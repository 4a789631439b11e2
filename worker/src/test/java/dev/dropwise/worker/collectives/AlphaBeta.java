package dev.dropwise.worker.collectives;

import java.util.List;
import java.util.Locale;

/**
 * How long an all-reduce takes, by the usual two parameters. In each of its two phases (reduce-scatter and all-gather, both direct) a
 * rank sends one message of n / p bytes to each of the p - 1 others, so it is busy for 2 (p - 1) (alpha + beta n / p); where there are more
 * ranks than cores, ceil(p / cores) of them take turns. Wires and switches are not in it.
 *
 * @param alphaUs microseconds a message
 * @param betaUs microseconds a byte
 */
record AlphaBeta(double alphaUs, double betaUs) {
    /**
     * One measurement.
     *
     * @param series what may be compared with one another
     * @param ranks of the world
     * @param bytes of the vector
     * @param us for one all-reduce
     */
    record Measured(String series, int ranks, int bytes, double us) {}

    /** The parameters with the least squares of relative errors. */
    static AlphaBeta fit(List<Measured> all, int cores) {
        double aa = 0;
        double ab = 0;
        double bb = 0;
        double a1 = 0;
        double b1 = 0;
        for (Measured each : all) {
            double a = messages(each.ranks(), cores) / each.us();
            double b = a * each.bytes() / each.ranks();
            aa += a * a;
            ab += a * b;
            bb += b * b;
            a1 += a;
            b1 += b;
        }
        double determinant = aa * bb - ab * ab;
        return new AlphaBeta((a1 * bb - b1 * ab) / determinant, (aa * b1 - ab * a1) / determinant);
    }

    /** Microseconds for one all-reduce of {@code bytes} by {@code ranks} on {@code cores}. */
    double us(int ranks, int bytes, int cores) {
        return messages(ranks, cores) * (alphaUs + betaUs * bytes / ranks);
    }

    private static int messages(int ranks, int cores) {
        int turns = (ranks + cores - 1) / cores;
        return 2 * (ranks - 1) * turns;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "alpha = %.2f us a message, beta = %.3f ns a byte", alphaUs, 1e3 * betaUs);
    }
}
