package dev.dropwise.driver.reproduce;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What was published beside what came out, as lines of text in columns. */
final class ResultsTable {
    private static final List<String> HEADER =
            List.of("", "published", "tolerance", "ours", "95 % interval", "verdict", "by seed");

    private final Recipe recipe;
    private final Findings findings;

    ResultsTable(Recipe recipe, Findings findings) {
        this.recipe = recipe;
        this.findings = findings;
    }

    /** All lines, from the title to the verdict. */
    List<String> lines() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADER);
        findings.figures().forEach(figure -> rows.add(row(figure)));
        int[] widths = IntStream.range(0, HEADER.size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        List<String> lines = new ArrayList<>();
        lines.add(recipe.name() + ": " + recipe.title() + " (published: " + recipe.source() + ")");
        rows.forEach(row -> lines.add(line(row, widths)));
        lines.addAll(findings.notes());
        lines.add(findings.agreeing() + " of " + findings.compared() + " figures agree; "
                + (findings.agree() ? "reproduced" : "not reproduced"));
        return lines;
    }

    private static List<String> row(Figure figure) {
        Figure.Unit unit = figure.unit();
        Sample ours = figure.ours();
        double tolerance = figure.expectation().tolerance();
        return List.of(
                figure.name(),
                unit.text(figure.expectation().published()),
                Double.isFinite(tolerance) ? figure.expectation().sign() + unit.text(tolerance) : "-",
                unit.text(ours.mean()),
                Double.isFinite(ours.halfWidth()) ? unit.text(ours.low()) + " .. " + unit.text(ours.high()) : "-",
                figure.verdict(),
                IntStream.range(0, figure.seeds().size())
                        .mapToObj(i -> figure.seeds().get(i) + ": "
                                + unit.text(ours.values().get(i)))
                        .collect(Collectors.joining("  ")));
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            boolean text = column == 0 || column >= widths.length - 2;
            line.append(String.format(Locale.ROOT, "%" + (text ? "-" : "") + widths[column] + "s  ", row.get(column)));
        }
        return line.toString().stripTrailing();
    }
}
