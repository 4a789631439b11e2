package dev.dropwise.driver.report;

import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.worker.progress.EpochReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code report.html}: one page about one run that needs nothing beside it. It holds no script, loads nothing, prints
 * well, follows the reader's light or dark setting, and is well-formed XML too. The same run gives the same page.
 */
public final class ReportPage {
    /** Even if markup slipped in, a browser would neither run nor load anything. */
    private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'";

    private final String style;

    public ReportPage() {
        try (InputStream sheet = ReportPage.class.getResourceAsStream("report.css")) {
            if (sheet == null) {
                throw new IllegalStateException("report.css is missing beside " + ReportPage.class.getName());
            }
            this.style = new String(sheet.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The page of a run in any state.
     *
     * @param document as in {@code run.json}
     * @param epochs as in {@code metrics.jsonl}, oldest first; none is fine
     */
    public String html(RunDocument document, List<EpochReport> epochs) {
        Headline headline = new Headline(document, epochs, new Findings(document, epochs).list());
        Markup page = new Markup();
        page.open("html", "lang", "en").open("head");
        page.empty("meta", "charset", "utf-8")
                .empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .empty("meta", "http-equiv", "Content-Security-Policy", "content", POLICY)
                .leaf("title", headline.name() + ": " + document.status())
                .open("style")
                .trusted(style)
                .close()
                .close();
        page.open("body").open("main");
        headline.write(page);
        new Curves(epochs).write(page);
        new WaitTable(document, epochs).write(page);
        new Tables(document, epochs).write(page);
        page.close().close().close();
        return "<!DOCTYPE html>\n" + page;
    }
}
