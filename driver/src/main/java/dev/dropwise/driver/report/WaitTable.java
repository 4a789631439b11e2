package dev.dropwise.driver.report;

import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.worker.progress.EpochReport;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Who waited for whom: a shaded table of all pairs of ranks, or the pairs that waited longest where there are many. */
final class WaitTable {
    private static final int MOST_COLUMNS = 16;
    private static final int LONGEST_PAIRS = 16;
    /** Shades of the style sheet, from 0. */
    private static final int DARKEST = 4;

    private final RunDocument document;
    private final WaitTotals totals;

    WaitTable(RunDocument document, List<EpochReport> epochs) {
        this.document = document;
        this.totals = new WaitTotals(epochs);
    }

    /** Nothing where nobody can have waited. */
    void write(Markup page) {
        if (totals.ranks() < 2) {
            return;
        }
        page.open("section").leaf("h2", "Who waited for whom");
        page.leaf(
                "p",
                "Seconds in the training loop, over all epochs. In each exchange a rank waits for the one whose data comes last.",
                "class",
                "facts");
        if (totals.ranks() <= MOST_COLUMNS) {
            matrix(page);
        } else {
            pairs(page);
        }
        page.close();
    }

    private void matrix(Markup page) {
        page.open("div", "class", "wide").open("table", "class", "waits");
        page.open("thead").open("tr").leaf("th", "waited", "scope", "col");
        for (int peer = 0; peer < totals.ranks(); peer++) {
            page.leaf("th", "for rank " + peer, "scope", "col");
        }
        page.close().close().open("tbody");
        for (int rank = 0; rank < totals.ranks(); rank++) {
            page.open("tr").leaf("th", named(rank), "scope", "row");
            for (int peer = 0; peer < totals.ranks(); peer++) {
                cell(page, rank, peer);
            }
            page.close();
        }
        page.open("tr").leaf("th", "all ranks", "scope", "row");
        for (int peer = 0; peer < totals.ranks(); peer++) {
            page.leaf("td", Figures.seconds(totals.forRank(peer)), "class", "number");
        }
        page.close().close().close().close();
    }

    private void cell(Markup page, int rank, int peer) {
        if (rank == peer) {
            page.leaf("td", "", "class", "number");
            return;
        }
        double share = totals.longest() > 0 ? totals.seconds(rank, peer) / totals.longest() : 0;
        page.leaf(
                "td",
                Figures.seconds(totals.seconds(rank, peer)),
                "class",
                "number shade" + Math.round(share * DARKEST));
    }

    private void pairs(Markup page) {
        page.open("div", "class", "wide").open("table").open("thead").open("tr");
        List.of("waited", "for", "seconds").forEach(column -> page.leaf("th", column, "scope", "col"));
        page.close().close().open("tbody");
        IntStream.range(0, totals.ranks() * totals.ranks())
                .boxed()
                .sorted(Comparator.comparingDouble((Integer pair) -> -waited(pair)))
                .limit(LONGEST_PAIRS)
                .forEach(pair -> page.open("tr")
                        .leaf("td", named(pair / totals.ranks()))
                        .leaf("td", named(pair % totals.ranks()))
                        .leaf("td", Figures.seconds(waited(pair)), "class", "number")
                        .close());
        page.close().close().close();
    }

    private double waited(int pair) {
        return totals.seconds(pair / totals.ranks(), pair % totals.ranks());
    }

    private String named(int rank) {
        return Findings.named(document, rank);
    }
}
