package dev.dropwise.common.data.digits;

import java.util.ArrayList;
import java.util.List;

/**
 * One way to write a digit: strokes of a pen, each a smooth curve through its points with corners where it turns sharply.
 *
 * @param strokes in writing order
 */
record Glyph(List<Stroke> strokes) {
    /**
     * A pen stroke: a Catmull-Rom spline through the points, broken at corners.
     *
     * @param points in units of the glyph's height, x to the right and y downwards
     */
    record Stroke(List<Point> points) {}

    /**
     * A point that a stroke passes through.
     *
     * @param corner whether the pen turns here instead of rounding off
     */
    record Point(double x, double y, boolean corner) {}

    /**
     * Reads {@code "x,y x,y x,y! x,y | x,y ..."}: per cent of the height, an exclamation mark for a corner, a bar where the pen
     * is lifted.
     */
    static Glyph parse(String text) {
        List<Stroke> strokes = new ArrayList<>();
        for (String stroke : text.split("\\|", -1)) {
            List<Point> points = new ArrayList<>();
            for (String point : stroke.strip().split(" +", -1)) {
                int comma = point.indexOf(',');
                boolean corner = point.endsWith("!");
                int x = Integer.parseInt(point.substring(0, comma));
                int y = Integer.parseInt(point.substring(comma + 1, point.length() - (corner ? 1 : 0)));
                points.add(new Point(x / 100.0, y / 100.0, corner));
            }
            strokes.add(new Stroke(List.copyOf(points)));
        }
        return new Glyph(List.copyOf(strokes));
    }
}
