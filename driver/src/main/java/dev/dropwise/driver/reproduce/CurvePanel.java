package dev.dropwise.driver.reproduce;

import dev.dropwise.driver.report.Axis;
import dev.dropwise.driver.report.Markup;
import java.util.List;

/**
 * Some curves in one chart.
 *
 * @param title above the chart
 * @param curves at least one, with at least one finite value in all
 * @param names of the picture's curves in the order of their colours
 */
record CurvePanel(String title, List<Curve> curves, List<String> names) {
    /** Of one panel, its title included. */
    static final double HEIGHT = 310;

    private static final double WIDTH = 440;
    private static final double LEFT = 44;
    private static final double TOP = 26;
    private static final double FLOOR = HEIGHT - 44;
    private static final int MOST_LABELS = 10;
    private static final List<String> COLOURS =
            List.of("#1b6ca8", "#d1731d", "#2e8b57", "#a83279", "#7a5cc2", "#8c6d31", "#c0392b", "#4d4d4d");

    /** The colour of the curve with this place in the legend. */
    static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    /** Draws with the left upper corner at {@code x}, {@code y}. */
    void draw(Markup page, double x, double y) {
        Curve.Scale scale = curves.get(0).scale();
        double[] values = curves.stream()
                .flatMap(curve -> curve.values().stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        Axis axis = scale.isPercent() ? Axis.ofPercentages(values) : Axis.fromZero(values);
        page.open("g", "transform", "translate(" + Markup.at(x) + " " + Markup.at(y) + ")");
        page.leaf("text", title + ", " + scale.unit(), "x", Markup.at(LEFT), "y", "14");
        for (double tick : axis.ticks()) {
            horizontal(page, height(axis, tick));
            page.leaf(
                    "text",
                    axis.label(tick),
                    "x",
                    Markup.at(LEFT - 6),
                    "y",
                    Markup.at(height(axis, tick) + 4),
                    "text-anchor",
                    "end");
        }
        int places =
                curves.stream().mapToInt(curve -> curve.values().size()).max().orElse(1);
        labelPlaces(page, scale, places);
        curves.forEach(curve -> line(page, axis, curve, places));
        page.close();
    }

    private static void labelPlaces(Markup page, Curve.Scale scale, int places) {
        int step = Math.max(1, (places + MOST_LABELS - 1) / MOST_LABELS);
        // So that epochs are labelled by multiples of the step.
        for (int number = (step - scale.first() % step) % step; number < places; number += step) {
            page.leaf(
                    "text",
                    Integer.toString(scale.place(number)),
                    "x",
                    Markup.at(across(number, places)),
                    "y",
                    Markup.at(FLOOR + 16),
                    "text-anchor",
                    "middle");
        }
        page.leaf(
                "text",
                scale.across(),
                "class",
                "small",
                "x",
                Markup.at((LEFT + WIDTH) / 2),
                "y",
                Markup.at(FLOOR + 32),
                "text-anchor",
                "middle");
    }

    private void line(Markup page, Axis axis, Curve curve, int places) {
        StringBuilder path = new StringBuilder();
        boolean joined = false;
        for (int i = 0; i < curve.values().size(); i++) {
            double value = curve.values().get(i);
            if (Double.isFinite(value)) {
                path.append(joined ? 'L' : 'M')
                        .append(Markup.at(across(i, places)))
                        .append(' ')
                        .append(Markup.at(height(axis, value)));
            }
            joined = Double.isFinite(value);
        }
        page.open("path", "class", "line", "stroke", colour(names.indexOf(curve.name())), "d", path.toString())
                .leaf("title", curve.name())
                .close();
    }

    private static void horizontal(Markup page, double y) {
        page.empty(
                "line",
                "class",
                "grid",
                "x1",
                Markup.at(LEFT),
                "x2",
                Markup.at(WIDTH),
                "y1",
                Markup.at(y),
                "y2",
                Markup.at(y));
    }

    private static double across(int number, int places) {
        return LEFT + (number + 0.5) / places * (WIDTH - LEFT);
    }

    private static double height(Axis axis, double value) {
        return FLOOR - axis.position(value) * (FLOOR - TOP);
    }
}
