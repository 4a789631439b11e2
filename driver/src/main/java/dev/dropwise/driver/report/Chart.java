package dev.dropwise.driver.report;

import dev.dropwise.worker.progress.EpochReport;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * One chart over epochs as inline SVG: axes, legend, and a tooltip for every epoch. Each epoch has a band of equal width,
 * so that all charts of a page line up.
 *
 * @param title above the chart
 * @param unit of the vertical axis, or empty
 * @param epochs in order, at least one
 * @param axis vertical
 */
record Chart(String title, String unit, List<EpochReport> epochs, Axis axis) {
    private static final double WIDTH = 560;
    private static final double HEIGHT = 230;
    private static final double LEFT = 52;
    private static final double RIGHT = 14;
    private static final double TOP = 12;
    private static final double FLOOR = HEIGHT - 36;
    private static final double MOST_EPOCH_LABELS = 12;
    private static final int MOST_POINTS = 40;
    private static final double WIDEST_COLUMN = 46;

    /**
     * What is drawn.
     *
     * @param name in the legend
     * @param style a class of the style sheet, which gives the colour
     * @param value of an epoch; one that is not finite leaves a gap
     */
    record Series(String name, String style, ToDoubleFunction<EpochReport> value) {
        double[] values(List<EpochReport> epochs) {
            return epochs.stream().mapToDouble(value).toArray();
        }
    }

    /** Lines over epochs; a series without any finite value is left out. */
    void lines(Markup page, List<Series> series, Function<EpochReport, String> tooltip) {
        List<Series> drawn = series.stream()
                .filter(one -> epochs.stream().mapToDouble(one.value).anyMatch(Double::isFinite))
                .toList();
        begin(page, drawn);
        drawn.forEach(one -> line(page, one.style, one.values(epochs)));
        end(page, tooltip);
    }

    /** Columns, the first series at the bottom. */
    void stacks(Markup page, List<Series> series, Function<EpochReport, String> tooltip) {
        begin(page, series);
        double[] bottoms = new double[epochs.size()];
        for (Series one : series) {
            page.empty("path", "class", "column " + one.style, "d", columns(one.values(epochs), bottoms));
        }
        end(page, tooltip);
    }

    /** One path of all columns that stand on {@code bottoms}, which are raised to their tops. */
    private String columns(double[] values, double[] bottoms) {
        // Columns of many epochs touch: gaps below a pixel would only make them pale.
        double width = band() > 4 ? Math.min(0.72 * band(), WIDEST_COLUMN) : band();
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i]) && values[i] > 0) {
                path.append('M').append(Markup.at(x(i) - width / 2)).append(' ').append(Markup.at(y(bottoms[i])));
                bottoms[i] += values[i];
                path.append('V').append(Markup.at(y(bottoms[i]))).append('h').append(Markup.at(width));
                path.append('V').append(Markup.at(y(bottoms[i] - values[i]))).append('z');
            }
        }
        return path.toString();
    }

    private void begin(Markup page, List<Series> series) {
        page.open("figure").open("figcaption").leaf("strong", title);
        if (!unit.isEmpty()) {
            page.leaf("small", unit);
        }
        for (Series one : series.size() > 1 ? series : List.<Series>of()) {
            page.open("span", "class", "key")
                    .leaf("i", "", "class", one.style)
                    .text(one.name)
                    .close();
        }
        page.close();
        page.open(
                "svg",
                "viewBox",
                "0 0 " + Markup.at(WIDTH) + " " + Markup.at(HEIGHT),
                "role",
                "img",
                "aria-label",
                title);
        for (double tick : axis.ticks()) {
            horizontal(page, "grid", y(tick));
            label(page, axis.label(tick), "end", LEFT - 8, y(tick) + 4);
        }
        horizontal(page, "axis", FLOOR);
        int step = (int) Math.max(1, Axis.niceStep(epochs.size() / MOST_EPOCH_LABELS));
        for (int i = 0; i < epochs.size(); i++) {
            int epoch = epochs.get(i).epoch();
            if (epoch % step == 0 || epochs.size() == 1) {
                label(page, String.valueOf(epoch), "middle", x(i), FLOOR + 16);
            }
        }
        label(page, "epoch", "middle", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4);
    }

    private static void horizontal(Markup page, String style, double y) {
        page.empty(
                "line",
                "class",
                style,
                "x1",
                Markup.at(LEFT),
                "x2",
                Markup.at(WIDTH - RIGHT),
                "y1",
                Markup.at(y),
                "y2",
                Markup.at(y));
    }

    private static void label(Markup page, String text, String anchor, double x, double y) {
        page.leaf("text", text, "x", Markup.at(x), "y", Markup.at(y), "text-anchor", anchor);
    }

    private void line(Markup page, String style, double[] values) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i])) {
                boolean joined = i > 0 && Double.isFinite(values[i - 1]);
                path.append(joined ? 'L' : 'M')
                        .append(Markup.at(x(i)))
                        .append(' ')
                        .append(Markup.at(y(values[i])));
            }
        }
        page.empty("path", "class", "line " + style, "d", path.toString());
        // Points tell where the epochs are; among many they only make the line thick. A lone one has no line at all.
        for (int i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i]) && (values.length <= MOST_POINTS || alone(values, i))) {
                page.empty(
                        "circle",
                        "class",
                        "fill " + style,
                        "cx",
                        Markup.at(x(i)),
                        "cy",
                        Markup.at(y(values[i])),
                        "r",
                        "2.6");
            }
        }
    }

    private static boolean alone(double[] values, int i) {
        boolean before = i > 0 && Double.isFinite(values[i - 1]);
        boolean after = i < values.length - 1 && Double.isFinite(values[i + 1]);
        return !before && !after;
    }

    private void end(Markup page, Function<EpochReport, String> tooltip) {
        for (int i = 0; i < epochs.size(); i++) {
            page.open(
                            "rect",
                            "class",
                            "hover",
                            "x",
                            Markup.at(x(i) - band() / 2),
                            "y",
                            Markup.at(TOP),
                            "width",
                            Markup.at(band()),
                            "height",
                            Markup.at(FLOOR - TOP))
                    .leaf("title", tooltip.apply(epochs.get(i)))
                    .close();
        }
        page.close().close();
    }

    private double band() {
        return (WIDTH - LEFT - RIGHT) / epochs.size();
    }

    private double x(int index) {
        return LEFT + (index + 0.5) * band();
    }

    private double y(double value) {
        return TOP + (1 - axis.position(value)) * (FLOOR - TOP);
    }
}
