package dev.dropwise.driver.reproduce;

import java.util.List;

/**
 * What a recipe has found.
 *
 * @param figures in the order in which they are printed, at least one
 * @param curves to draw, possibly none
 * @param notes a sentence each on what a reader must know, such as what {@code --quick} left out
 */
record Findings(List<Figure> figures, List<Curve> curves, List<String> notes) {
    Findings {
        figures = List.copyOf(figures);
        curves = List.copyOf(curves);
        notes = List.copyOf(notes);
        if (figures.isEmpty()) {
            throw new IllegalArgumentException("a recipe without figures shows nothing");
        }
    }

    /** How many figures are held to something. */
    long compared() {
        return figures.stream()
                .filter(each -> !(each.expectation() instanceof Expectation.Nothing))
                .count();
    }

    /** How many of those are met. */
    long agreeing() {
        return figures.stream()
                .filter(each -> !(each.expectation() instanceof Expectation.Nothing))
                .filter(Figure::agrees)
                .count();
    }

    /** Whether every figure is what was to be expected. */
    boolean agree() {
        return figures.stream().allMatch(Figure::agrees);
    }
}
