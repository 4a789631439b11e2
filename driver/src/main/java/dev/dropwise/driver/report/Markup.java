package dev.dropwise.driver.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Writes HTML and SVG that is well-formed XML too. Every text and attribute value is escaped, so that nothing a user
 * controls can become markup; only tag and attribute names are written as given.
 */
public final class Markup {
    private static final char REPLACEMENT = '\uFFFD';

    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** Opens an element; {@code attributes} are names and values in turn. */
    public Markup open(String tag, String... attributes) {
        start(tag, attributes);
        out.append('>');
        open.push(tag);
        return this;
    }

    /** Closes the element opened last. */
    public Markup close() {
        out.append("</").append(open.pop()).append(">\n");
        return this;
    }

    /** An element without content. */
    public Markup empty(String tag, String... attributes) {
        start(tag, attributes);
        out.append("/>\n");
        return this;
    }

    /** An element that holds text only. */
    public Markup leaf(String tag, String text, String... attributes) {
        return open(tag, attributes).text(text).close();
    }

    public Markup text(String text) {
        escape(text);
        return this;
    }

    /** Text that is markup already: the style sheet of this package, never anything that a user controls. */
    public Markup trusted(String markup) {
        out.append(markup);
        return this;
    }

    /** A coordinate: two digits after the point are a tenth of what an eye resolves. */
    public static String at(double coordinate) {
        String text = String.format(Locale.ROOT, "%.2f", coordinate);
        return text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
    }

    /** The text written so far; all elements must be closed. */
    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("elements still open: " + open);
        }
        return out.toString();
    }

    private void start(String tag, String... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            out.append('"');
        }
    }

    private void escape(String text) {
        text.codePoints().forEach(point -> {
            switch (point) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(isText(point) ? point : REPLACEMENT);
            }
        });
    }

    /** What XML 1.0 allows (section 2.2); an escape sequence in an executor's message is not. */
    private static boolean isText(int point) {
        if (point < 0x20) {
            return point == '\n' || point == '\t' || point == '\r';
        }
        boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        return !surrogate && point != 0xFFFE && point != 0xFFFF;
    }
}
