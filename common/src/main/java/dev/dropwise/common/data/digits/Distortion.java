package dev.dropwise.common.data.digits;

/**
 * How one hand deviates from the outline: an affine map (size, aspect, slant, rotation) and on top of it an elastic one, a
 * cubic B-spline over a coarse grid of random displacements, in the spirit of Simard, Steinkraus and Platt 2003. Maps glyph
 * units to pixels.
 */
final class Distortion {
    private static final int GRID = 6;
    // Cell size in glyph heights: the grid spans -0.5 to 1.5, beyond any slanted point.
    private static final double CELL = 2.0 / (GRID - 3);

    private static final double ELASTIC_PIXELS = 2.4;

    private final double[] shiftX = new double[GRID * GRID];
    private final double[] shiftY = new double[GRID * GRID];
    private double xx;
    private double xy;
    private double yx;
    private double yy;

    /** Draws a new hand. */
    void draw(Draws draws) {
        double height = draws.between(17.5, 21.5);
        double width = height * draws.between(0.72, 1.12);
        double slant = draws.bell(0.15) + 0.08;
        double angle = draws.bell(0.095);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        // Slant first: x' = x - slant * y, then size, then rotation.
        xx = cos * width;
        xy = -cos * width * slant - sin * height;
        yx = sin * width;
        yy = -sin * width * slant + cos * height;
        for (int i = 0; i < GRID * GRID; i++) {
            shiftX[i] = draws.bell(ELASTIC_PIXELS);
            shiftY[i] = draws.bell(ELASTIC_PIXELS);
        }
    }

    double x(double x, double y) {
        return xx * (x - 0.5) + xy * (y - 0.5) + elastic(shiftX, x, y);
    }

    double y(double x, double y) {
        return yx * (x - 0.5) + yy * (y - 0.5) + elastic(shiftY, x, y);
    }

    private static double elastic(double[] shift, double x, double y) {
        double column = (x + 0.5) / CELL;
        double row = (y + 0.5) / CELL;
        int c = Math.max(0, Math.min(GRID - 4, (int) column));
        int r = Math.max(0, Math.min(GRID - 4, (int) row));
        double sum = 0;
        for (int i = 0; i < 4; i++) {
            double line = 0;
            for (int j = 0; j < 4; j++) {
                line += weight(j, column - c) * shift[(r + i) * GRID + c + j];
            }
            sum += weight(i, row - r) * line;
        }
        return sum;
    }

    // The four pieces of the uniform cubic B-spline.
    private static double weight(int piece, double t) {
        return switch (piece) {
            case 0 -> (1 - t) * (1 - t) * (1 - t) / 6;
            case 1 -> (t * t * (3 * t - 6) + 4) / 6;
            case 2 -> (t * (t * (3 - 3 * t) + 3) + 1) / 6;
            default -> t * t * t / 6;
        };
    }
}
