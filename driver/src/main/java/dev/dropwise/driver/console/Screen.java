package dev.dropwise.driver.console;

import java.io.PrintStream;
import java.util.Map;

/**
 * Where the watching person is.
 *
 * @param progress takes the progress, notices and failures
 * @param results takes the result table and nothing else, so that a script can read it
 * @param terminal whether a line on {@code progress} can be drawn over
 * @param colour whether ANSI colours are wanted
 * @param columns of the terminal
 */
public record Screen(PrintStream progress, PrintStream results, boolean terminal, boolean colour, int columns) {
    private static final int USUAL_COLUMNS = 80;

    /**
     * A screen as its environment describes it.
     *
     * @param progress standard error, as a rule
     * @param results standard output, as a rule
     * @param interactive whether a person sits at a terminal: {@code System.console() != null}
     * @param environment that {@code NO_COLOR} (see no-color.org), {@code TERM} and {@code COLUMNS} are read from
     */
    public static Screen of(
            PrintStream progress, PrintStream results, boolean interactive, Map<String, String> environment) {
        boolean terminal = interactive && !environment.getOrDefault("TERM", "").equals("dumb");
        boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Screen(progress, results, terminal, colour, columns(environment.getOrDefault("COLUMNS", "")));
    }

    private static int columns(String text) {
        return text.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(text) : USUAL_COLUMNS;
    }
}
