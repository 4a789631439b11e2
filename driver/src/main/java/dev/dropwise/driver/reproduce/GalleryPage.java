package dev.dropwise.driver.reproduce;

import dev.dropwise.driver.report.Markup;

/** {@code gallery.html}: readable offline, without any other file. */
final class GalleryPage {
    private static final String STYLE = """
            body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
            section{border-top:1px solid #ddd;padding:1rem 0}h2{font:600 1.05rem ui-monospace,monospace;margin:0 0 .5rem}
            img{image-rendering:pixelated;width:100%;max-width:48rem}dl{display:grid;grid-template-columns:7rem 1fr;margin:.5rem 0}
            dt{color:#666}dd{margin:0}code{background:#f4f4f4;padding:0 .2em}
            """;

    private final Markup page = new Markup();

    /**
     * A page with what the masks fall on, and no kind yet.
     *
     * @param input a data URI
     */
    GalleryPage(String input) {
        page.trusted("<!DOCTYPE html>\n");
        page.open("html", "lang", "en").open("head");
        page.empty("meta", "charset", "utf-8").leaf("title", "Kinds of dropout");
        page.open("style").trusted(STYLE).close().close().open("body");
        page.leaf("h1", "Kinds of dropout");
        page.leaf(
                "p",
                "Each picture shows what a kind leaves of these four maps in training, with masks drawn by the code that trains"
                        + " (seed 1). Orange is what has become zero; p is the probability of dropping.");
        page.empty("img", "alt", "four digits before dropout", "src", input);
    }

    /**
     * Adds a kind.
     *
     * @param image a data URI
     */
    void add(GalleryEntry entry, String image) {
        page.open("section").leaf("h2", entry.spec());
        page.empty("img", "alt", entry.spec() + " applied to four digits", "src", image);
        page.open("dl");
        page.leaf("dt", "training").open("dd").leaf("code", entry.training()).close();
        page.leaf("dt", "evaluation")
                .open("dd")
                .leaf("code", entry.evaluation())
                .close();
        page.leaf("dt", "when").leaf("dd", entry.when());
        page.leaf("dt", "source").leaf("dd", entry.source());
        page.close().close();
    }

    /** The page; nothing can be added afterwards. */
    String html() {
        return page.close().close().toString();
    }
}
