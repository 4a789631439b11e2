package dev.dropwise.common.layer;

/**
 * The windows of one example, unit by unit: array a holds unit a of every window, so that windows are ordered by arithmetic on
 * whole arrays. Holds scratch memory: one thread at a time.
 */
final class PoolingWindows {
    /** Twice this carries the smallest positive double above 1. */
    private static final double HUGE = 1e300;

    private final int channels;
    private final int height;
    private final int width;
    private final int kernelHeight;
    private final int kernelWidth;
    private final int strideY;
    private final int strideX;
    private final int rows;
    private final int columns;
    private final double[][] units;
    private final double[][] ranks;
    private final double[] output;
    private final double[] taken;

    /** Windows of {@code kernel} at {@code stride} over maps of {@code shape}: channels, height and width. */
    PoolingWindows(long[] shape, int[] kernel, int[] stride) {
        this.channels = (int) shape[0];
        this.height = (int) shape[1];
        this.width = (int) shape[2];
        this.kernelHeight = kernel[0];
        this.kernelWidth = kernel[1];
        this.strideY = stride[0];
        this.strideX = stride[1];
        this.rows = (height - kernelHeight) / strideY + 1;
        this.columns = (width - kernelWidth) / strideX + 1;
        int count = channels * rows * columns;
        this.units = new double[kernelHeight * kernelWidth][count];
        this.ranks = new double[kernelHeight * kernelWidth][count];
        this.output = new double[count];
        this.taken = new double[count];
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** Windows of one example. */
    int count() {
        return output.length;
    }

    /** Units of one window. */
    int size() {
        return units.length;
    }

    /** Takes an example's {@code maps} apart and ranks the units of each window. */
    void load(double[] maps) {
        for (int a = 0; a < units.length; a++) {
            int window = 0;
            for (int line = 0; line < channels * rows; line++) {
                int at = origin(line) + a / kernelWidth * width + a % kernelWidth;
                for (int x = 0; x < columns; x++) {
                    units[a][window++] = maps[at + x * strideX];
                }
            }
        }
        for (double[] each : ranks) {
            java.util.Arrays.fill(each, 0);
        }
        for (int a = 0; a < units.length; a++) {
            for (int b = a + 1; b < units.length; b++) {
                rank(units[a], units[b], ranks[a], ranks[b]);
            }
        }
    }

    /** Where the first window of a line of windows starts, lines counted over all channels. */
    private int origin(int line) {
        return line / rows * height * width + line % rows * strideY * width;
    }

    // 1 or 0, by arithmetic: a comparison would keep the loop scalar.
    private static void rank(double[] a, double[] b, double[] rankOfA, double[] rankOfB) {
        for (int i = 0; i < a.length; i++) {
            double larger = Math.min(1, Math.max(0, (b[i] - a[i]) * HUGE * HUGE));
            rankOfA[i] += larger;
            rankOfB[i] += 1 - larger;
        }
    }

    /** The units of the {@code chosen} ranks, 0 where that is {@link #size}; this object's own array. */
    double[] choose(double[] chosen) {
        java.util.Arrays.fill(output, 0);
        for (int a = 0; a < units.length; a++) {
            add(units[a], ranks[a], chosen, output);
        }
        return output;
    }

    private static void add(double[] units, double[] ranks, double[] chosen, double[] output) {
        for (int i = 0; i < units.length; i++) {
            output[i] += units[i] * (1 - Math.min(1, Math.abs(ranks[i] - chosen[i])));
        }
    }

    /** The sum of all units of each window, weighted by rank; this object's own array. */
    double[] weigh(double[] weights) {
        java.util.Arrays.fill(output, 0);
        for (int a = 0; a < units.length; a++) {
            for (int i = 0; i < output.length; i++) {
                output[i] += units[a][i] * weights[(int) ranks[a][i]];
            }
        }
        return output;
    }

    /** Writes for each window which unit has the {@code chosen} rank, or {@link #size}. */
    void units(double[] chosen, byte[] out, int from) {
        java.util.Arrays.fill(taken, units.length);
        for (int a = 0; a < units.length; a++) {
            take(ranks[a], chosen, units.length - a, taken);
        }
        for (int i = 0; i < taken.length; i++) {
            out[from + i] = (byte) (int) taken[i];
        }
    }

    private static void take(double[] ranks, double[] chosen, double fromLast, double[] taken) {
        for (int i = 0; i < taken.length; i++) {
            taken[i] -= fromLast * (1 - Math.min(1, Math.abs(ranks[i] - chosen[i])));
        }
    }

    /** Adds each window's {@code epsilon} to the unit of {@code maps} that was taken. */
    void scatter(byte[] taken, int from, double[] epsilon, double[] maps) {
        int window = 0;
        for (int line = 0; line < channels * rows; line++) {
            int at = origin(line);
            for (int x = 0; x < columns; x++, window++) {
                int unit = taken[from + window] & 0xff;
                if (unit < units.length) {
                    maps[at + x * strideX + unit / kernelWidth * width + unit % kernelWidth] += epsilon[window];
                }
            }
        }
    }
}
