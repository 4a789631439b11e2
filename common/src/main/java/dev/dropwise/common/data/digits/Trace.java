package dev.dropwise.common.data.digits;

import java.util.Arrays;
import java.util.List;

/** The path of the pen in one drawing: points in writing order, with pen lifts. Reused from drawing to drawing. */
final class Trace {
    private static final int POINTS_PER_CURVE = 5;

    private double[] x = new double[128];
    private double[] y = new double[128];
    private boolean[] lifted = new boolean[128];
    private int size;

    int size() {
        return size;
    }

    double x(int i) {
        return x[i];
    }

    double y(int i) {
        return y[i];
    }

    /** Whether the pen was in the air on its way to point {@code i}. */
    boolean lifted(int i) {
        return lifted[i];
    }

    /** Follows the strokes of {@code glyph}, each point missed by a little: {@code deviation} in units of the height. */
    void follow(Glyph glyph, double deviation, Draws draws) {
        size = 0;
        for (Glyph.Stroke stroke : glyph.strokes()) {
            List<Glyph.Point> points = stroke.points();
            double[] px = new double[points.size()];
            double[] py = new double[points.size()];
            for (int i = 0; i < px.length; i++) {
                px[i] = points.get(i).x() + draws.bell(deviation);
                py[i] = points.get(i).y() + draws.bell(deviation);
            }
            add(px[0], py[0], true);
            for (int i = 0; i + 1 < px.length; i++) {
                // At a corner or an end the curve has no neighbour to bend towards.
                int before = i == 0 || points.get(i).corner() ? i : i - 1;
                int after = i + 2 == px.length || points.get(i + 1).corner() ? i + 1 : i + 2;
                curve(px, py, before, i, after);
            }
        }
    }

    // Catmull and Rom 1974, uniform: passes through p[i] and p[i+1].
    private void curve(double[] px, double[] py, int before, int i, int after) {
        for (int k = 1; k <= POINTS_PER_CURVE; k++) {
            double t = (double) k / POINTS_PER_CURVE;
            add(
                    catmullRom(px[before], px[i], px[i + 1], px[after], t),
                    catmullRom(py[before], py[i], py[i + 1], py[after], t),
                    false);
        }
    }

    private static double catmullRom(double a, double b, double c, double d, double t) {
        return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    }

    private void add(double atX, double atY, boolean afterLift) {
        if (size == x.length) {
            x = Arrays.copyOf(x, 2 * size);
            y = Arrays.copyOf(y, 2 * size);
            lifted = Arrays.copyOf(lifted, 2 * size);
        }
        x[size] = atX;
        y[size] = atY;
        lifted[size++] = afterLift;
    }

    /** Moves every point to where {@code hand} leads it. */
    void bend(Distortion hand) {
        for (int i = 0; i < size; i++) {
            double toX = hand.x(x[i], y[i]);
            y[i] = hand.y(x[i], y[i]);
            x[i] = toX;
        }
    }

    /**
     * Puts the centre of the bounding box at ({@code centreX}, {@code centreY}) and shrinks
     * the drawing, if need be, to {@code largest} in both directions.
     */
    void place(double centreX, double centreY, double largest) {
        double left = Double.MAX_VALUE;
        double right = -Double.MAX_VALUE;
        double top = Double.MAX_VALUE;
        double bottom = -Double.MAX_VALUE;
        for (int i = 0; i < size; i++) {
            left = Math.min(left, x[i]);
            right = Math.max(right, x[i]);
            top = Math.min(top, y[i]);
            bottom = Math.max(bottom, y[i]);
        }
        double shrink = Math.min(1, largest / Math.max(right - left, bottom - top));
        double middleX = (left + right) / 2;
        double middleY = (top + bottom) / 2;
        for (int i = 0; i < size; i++) {
            x[i] = centreX + (x[i] - middleX) * shrink;
            y[i] = centreY + (y[i] - middleY) * shrink;
        }
    }
}
