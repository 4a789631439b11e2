package dev.dropwise.driver.reproduce;

import dev.dropwise.driver.report.Markup;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code picture.svg}: a chart for each panel of curves, and below how far each figure lies from the published one, in tolerances. Needs
 * no other file.
 */
final class ResultsPicture {
    private static final double WIDTH = 960;
    private static final double MARGIN = 20;
    private static final double TITLE_HEIGHT = 74;
    private static final double LEGEND_HEIGHT = 30;
    private static final int PANELS_A_ROW = 2;
    private static final String STYLE = """
            text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:16px;font-weight:600}.small{fill:#666}
            .grid{stroke:#e4e4e4}.axis{stroke:#888}.band{fill:#e6f2e6}.zero{fill:#3a8f3a}.whisker{stroke:#222;stroke-width:1.5}
            .seed{fill:#222;fill-opacity:.35}.agrees{fill:#2a7d2a}.misses{fill:#c0392b}.line{fill:none;stroke-width:1.8}
            """;

    private final Recipe recipe;
    private final Findings findings;

    ResultsPicture(Recipe recipe, Findings findings) {
        this.recipe = recipe;
        this.findings = findings;
    }

    /** The document. */
    String svg() {
        List<String> panels =
                findings.curves().stream().map(Curve::panel).distinct().toList();
        List<String> names =
                findings.curves().stream().map(Curve::name).distinct().toList();
        List<Figure> measured = findings.figures().stream()
                .filter(figure -> Double.isFinite(figure.expectation().deviation(figure.ours())))
                .toList();
        int rows = (panels.size() + PANELS_A_ROW - 1) / PANELS_A_ROW;
        double curvesHeight = rows * CurvePanel.HEIGHT + (rows > 0 ? LEGEND_HEIGHT : 0);
        double height = TITLE_HEIGHT + curvesHeight + DeviationPanel.height(measured.size()) + MARGIN;
        Markup page = new Markup();
        page.open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "viewBox",
                "0 0 " + Markup.at(WIDTH) + " " + Markup.at(height),
                "role",
                "img",
                "aria-label",
                recipe.title());
        page.open("style").trusted(STYLE).close();
        page.empty("rect", "width", "100%", "height", "100%", "fill", "#fff");
        page.leaf("text", recipe.name(), "class", "title", "x", "20", "y", "26");
        page.leaf("text", recipe.title(), "x", "20", "y", "44");
        page.leaf("text", "published: " + recipe.source(), "class", "small", "x", "20", "y", "61");
        for (int i = 0; i < panels.size(); i++) {
            String panel = panels.get(i);
            new CurvePanel(panel, curves(panel), names)
                    .draw(
                            page,
                            MARGIN + (i % PANELS_A_ROW) * (WIDTH - 2 * MARGIN) / PANELS_A_ROW,
                            TITLE_HEIGHT + Math.floorDiv(i, PANELS_A_ROW) * CurvePanel.HEIGHT);
        }
        legend(page, names, TITLE_HEIGHT + rows * CurvePanel.HEIGHT + LEGEND_HEIGHT / 2);
        new DeviationPanel(measured).draw(page, TITLE_HEIGHT + curvesHeight);
        return page.close().toString();
    }

    private List<Curve> curves(String panel) {
        return findings.curves().stream()
                .filter(curve -> curve.panel().equals(panel))
                .collect(Collectors.toList());
    }

    private static void legend(Markup page, List<String> names, double y) {
        double step = (WIDTH - 2 * MARGIN) / Math.max(1, names.size());
        for (int i = 0; i < names.size(); i++) {
            double x = MARGIN + i * step;
            page.empty(
                    "line",
                    "x1",
                    Markup.at(x),
                    "x2",
                    Markup.at(x + 18),
                    "y1",
                    Markup.at(y - 4),
                    "y2",
                    Markup.at(y - 4),
                    "class",
                    "line",
                    "stroke",
                    CurvePanel.colour(i));
            page.leaf("text", names.get(i), "x", Markup.at(x + 24), "y", Markup.at(y));
        }
    }
}
