package dev.dropwise.driver.reproduce;

import dev.dropwise.driver.report.Markup;
import java.util.List;

/**
 * A row for each figure: the tolerance as a band around the published figure, ours as a mean with its 95 % interval, and each seed.
 *
 * @param figures all with a published figure
 */
record DeviationPanel(List<Figure> figures) {
    private static final double ROW = 22;
    private static final double HEAD = 40;
    private static final double LEFT = 330;
    private static final double RIGHT = 800;
    private static final double NUMBERS = 816;
    /** Tolerances on either side; what lies farther off is drawn at the edge. */
    private static final double REACH = 2.5;

    /** Of a panel with that many rows. */
    static double height(int rows) {
        return rows == 0 ? 0 : HEAD + rows * ROW;
    }

    /** Draws from {@code y} downwards. */
    void draw(Markup page, double y) {
        if (figures.isEmpty()) {
            return;
        }
        page.leaf(
                "text",
                "deviation from the published figure; the band is the tolerance",
                "class",
                "small",
                "x",
                Markup.at((LEFT + RIGHT) / 2),
                "y",
                Markup.at(y + 20),
                "text-anchor",
                "middle");
        page.open("g", "transform", "translate(0 " + Markup.at(y + HEAD - 10) + ")");
        bar(page, "band", across(-1), across(1));
        bar(page, "zero", across(0) - 0.5, across(0) + 0.5);
        for (int i = 0; i < figures.size(); i++) {
            row(page, figures.get(i), (i + 0.5) * ROW);
        }
        page.close();
    }

    /** As high as all rows. */
    private void bar(Markup page, String style, double from, double to) {
        page.empty(
                "rect",
                "class",
                style,
                "x",
                Markup.at(from),
                "y",
                "0",
                "width",
                Markup.at(to - from),
                "height",
                Markup.at(figures.size() * ROW));
    }

    private static void row(Markup page, Figure figure, double y) {
        page.leaf("text", figure.name(), "x", Markup.at(LEFT - 12), "y", Markup.at(y + 4), "text-anchor", "end");
        Expectation expectation = figure.expectation();
        Sample ours = figure.ours();
        for (double value : ours.values()) {
            dot(page, "seed", expectation.deviation(new Sample(List.of(value))), y, 2.5);
        }
        whisker(
                page,
                across(expectation.deviation(new Sample(List.of(ours.low())))),
                across(expectation.deviation(new Sample(List.of(ours.high())))),
                y);
        dot(page, figure.verdict(), expectation.deviation(ours), y, 4.5);
        page.leaf(
                "text",
                figure.unit().text(ours.mean()) + " (" + figure.unit().text(expectation.published()) + ")",
                "x",
                Markup.at(NUMBERS),
                "y",
                Markup.at(y + 4));
    }

    private static void dot(Markup page, String style, double deviation, double y, double radius) {
        page.empty(
                "circle",
                "class",
                style,
                "cx",
                Markup.at(across(deviation)),
                "cy",
                Markup.at(y),
                "r",
                Markup.at(radius));
    }

    private static void whisker(Markup page, double from, double to, double y) {
        page.empty(
                "line",
                "class",
                "whisker",
                "x1",
                Markup.at(from),
                "x2",
                Markup.at(to),
                "y1",
                Markup.at(y),
                "y2",
                Markup.at(y));
    }

    private static double across(double deviation) {
        double inside = Math.max(-REACH, Math.min(REACH, deviation));
        return (LEFT + RIGHT) / 2 + inside / REACH * (RIGHT - LEFT) / 2;
    }
}
