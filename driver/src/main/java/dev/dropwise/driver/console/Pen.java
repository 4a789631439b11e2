package dev.dropwise.driver.console;

/**
 * Writes text in colours, or without. Text that others wrote is stripped of control characters first, which could move the
 * cursor or rename the window.
 */
final class Pen {
    private static final String CONTROL_BUT_NEWLINE_AND_TAB = "[\\p{Cntrl}\u0080-\u009f&&[^\n\t]]";

    private final boolean colour;

    Pen(boolean colour) {
        this.colour = colour;
    }

    String plain(String text) {
        return text.replaceAll(CONTROL_BUT_NEWLINE_AND_TAB, "?");
    }

    String good(String text) {
        return in("1;32", text);
    }

    String warning(String text) {
        return in("33", text);
    }

    String failure(String text) {
        return in("31", text);
    }

    private String in(String code, String text) {
        return colour ? "\u001b[" + code + "m" + plain(text) + "\u001b[0m" : plain(text);
    }
}
