package dev.dropwise.driver.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.driver.run.RunDocuments;
import dev.dropwise.worker.progress.EpochReport;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ReportPageTest {
    private static final String HOSTILE = "x\"'><script>alert(1)</script><img src=http://evil/>&amp;\u001b";

    private final ReportPage page = new ReportPage();

    @Test
    void shouldShowTheNumbersOfTheRunWhenItSucceeded() {
        Element html = parsed(page.html(RunDocuments.succeeded(), epochs(10)));

        assertThat(html.getTextContent())
                .contains("mlp:500 on digits", "succeeded", "97.86 %", "0.0712", "97.63 %", "best epoch: 8")
                .contains("\u00b1 0.63 % on 2,000 examples", "41,235", "1 min 12 s", "exchange and wait: 27 %")
                .contains("397,510 parameters", "10,800 training, 1,200 validation and 2,000 test examples")
                .contains("2 workers on 2 hosts", "10 epochs", "1 attempt")
                .contains("host-b", "4712", "2, 3", "22cc", "33dd", "onednn-avx512/SkylakeX/1", "spark://host:7077")
                .contains("/runs/<a>&b", "spark version", "3f2a", "135 MB", "8d969eef6eca\u2026");
        assertThat(classesOf(html, "header")).containsExactly("good");
    }

    @Test
    void shouldDrawEveryEpochWithItsNumbersInTheTooltipWhenThereAreCurves() {
        Element html = parsed(page.html(RunDocuments.succeeded(), epochs(3)));

        assertThat(titles(html))
                .contains("epoch 2: validation accuracy 92.00 %")
                .contains("epoch 2: training loss 0.5000, validation loss 0.2500")
                .contains("epoch 2: compute 0.200 s, exchange 0.050 s, wait 0.025 s, evaluate 0.013 s")
                .contains("epoch 2: 41,003 samples/s");
        assertThat(charts(html)).containsExactly("Validation accuracy", "Loss", "Time", "Speed");
        assertThat(elements(html, "circle")).hasSize(4 * 3);
    }

    @Test
    void shouldShowWhoWaitedForWhomWhenThatWasMeasured() {
        // given ten epochs in each of which rank 0 waited 40 ms for rank 1, and rank 1 waited 10 ms for rank 0
        Element html = parsed(page.html(RunDocuments.succeeded(), epochs(10)));

        List<String> shaded = elements(html, "td").stream()
                .filter(cell -> cell.getAttribute("class").startsWith("number shade"))
                .map(cell -> cell.getTextContent() + " " + cell.getAttribute("class"))
                .toList();

        assertThat(shaded).containsExactly("0.400 s number shade4", "0.100 s number shade1");
        assertThat(html.getTextContent()).contains("Who waited for whom", "rank 1 (host-b 4712)");
    }

    @Test
    void shouldListThePairsThatWaitedLongestWhenThereAreManyRanks() {
        // given 20 ranks, all of which waited for rank 7
        List<Double> forRank7 =
                IntStream.range(0, 20).mapToObj(peer -> peer == 7 ? 2.0 : 0.25).toList();
        EpochReport known = RunDocuments.epoch(1, 1, 1, 1);
        EpochReport epoch = new EpochReport(
                1,
                1,
                1,
                1,
                1,
                1,
                known.seconds(),
                known.stepSeconds(),
                known.exchange(),
                "",
                IntStream.range(0, 20)
                        .mapToObj(rank -> new EpochReport.Waits(rank, 6.75, forRank7))
                        .toList());

        Element html = parsed(page.html(RunDocuments.succeeded(), List.of(epoch)));

        List<String> numbers = elements(html, "td").stream()
                .filter(cell -> cell.getAttribute("class").equals("number"))
                .map(Element::getTextContent)
                .filter(text -> text.equals("2.000 s"))
                .toList();
        assertThat(numbers).hasSize(16);
    }

    @Test
    void shouldNameTheRankThatOthersWaitForWhenWaitingIsMuch() {
        EpochReport known = RunDocuments.epoch(1, 1, 1, 1);
        EpochReport waiting = new EpochReport(
                1,
                1,
                1,
                1,
                1,
                1,
                new EpochReport.Seconds(1, 0, 1, 0),
                known.stepSeconds(),
                known.exchange(),
                "",
                known.waits());

        Element html = parsed(page.html(RunDocuments.succeeded(), List.of(waiting)));

        assertThat(html.getTextContent())
                .contains(
                        "Workers wait for slower ones during 50 % of the training loop, mostly for rank 1 (host-b 4712):");
    }

    @Test
    void shouldPlacePointsWhereTheAxisPutsThemWhenDrawn() {
        // given losses 1, 0.5 and 1/3 on an axis from 0 to 1 that is drawn from y = 12 (top) to y = 194
        Element html = parsed(page.html(RunDocuments.succeeded(), epochs(3)));

        // when
        List<String> training = elements(html, "circle").stream()
                .filter(point -> point.getAttribute("class").equals("fill train"))
                .map(point -> point.getAttribute("cy"))
                .toList();

        // then
        assertThat(training).containsExactly("12", "103", "133.33");
    }

    @Test
    void shouldSayWhatFailedAndWhatToDoWhenTheRunFailedAtOnce() {
        Element html = parsed(
                page.html(RunDocuments.failedAtOnce("write /runs/x: no space left;\n  free some space"), List.of()));

        assertThat(html.getTextContent())
                .contains("failed", "write /runs/x: no space left;\n  free some space", "Exit code 74.")
                .contains("then start the run again", "No epoch was completed")
                .doesNotContain("--resume");
        assertThat(charts(html)).isEmpty();
        assertThat(classesOf(html, "header")).containsExactly("failed");
    }

    @Test
    void shouldOfferToResumeWhenTheRunFailedAfterAnEpoch() {
        String html = page.html(RunDocuments.failedAtOnce("disk full"), epochs(2));

        assertThat(parsed(html).getTextContent()).contains("the same command with --resume");
        assertThat(charts(parsed(html))).hasSize(4);
    }

    @Test
    void shouldLeaveOutValidationWhenThereIsNone() {
        List<EpochReport> epochs = List.of(
                RunDocuments.epoch(1, 0.5, Double.NaN, Double.NaN), RunDocuments.epoch(2, 0.4, Double.NaN, Double.NaN));

        String html = page.html(RunDocuments.succeeded(), epochs);

        assertThat(charts(parsed(html))).containsExactly("Training loss", "Time", "Speed");
        assertThat(html).doesNotContain("NaN").doesNotContain("line validation");
    }

    @Test
    void shouldLeaveAGapAndWarnWhenTrainingDiverged() {
        List<EpochReport> epochs = List.of(
                RunDocuments.epoch(1, 0.5, 0.4, 0.9),
                RunDocuments.epoch(2, Double.NaN, Double.NaN, 0.1),
                RunDocuments.epoch(3, Double.POSITIVE_INFINITY, Double.NaN, 0.1));

        String html = page.html(RunDocuments.succeeded(), epochs);

        assertThat(parsed(html).getTextContent())
                .contains("Training loss is not a number from epoch 2 on: training diverged. Lower --learning-rate.");
        assertThat(classesOf(parsed(html), "header")).containsExactly("doubtful");
        assertThat(html).doesNotContain("NaN").doesNotContain("Infinity");
    }

    @Test
    void shouldWarnWhenValidationLossRises() {
        List<EpochReport> epochs = List.of(
                RunDocuments.epoch(1, 0.5, 0.20, 0.9),
                RunDocuments.epoch(2, 0.4, 0.10, 0.95),
                RunDocuments.epoch(3, 0.3, 0.105, 0.95),
                RunDocuments.epoch(4, 0.2, 0.12, 0.95));

        assertThat(page.html(RunDocuments.succeeded(), epochs.subList(0, 3))).doesNotContain("overfits");
        assertThat(page.html(RunDocuments.succeeded(), epochs))
                .contains("Validation loss was lowest in epoch 2 (0.1000) and rose to 0.1200: the network overfits.");
    }

    @Test
    void shouldStayWellFormedWithinASecondWhenEpochsAreFewOrMany() {
        for (int count : new int[] {0, 1, 2, 41, 500}) {
            Element html = parsed(page.html(RunDocuments.succeeded(), epochs(count)));

            assertThat(elements(html, "title")).hasSize(1 + 4 * count);
            assertThat(elements(html, "text").size())
                    .as("labels of four charts")
                    .isLessThan(4 * 22);
        }
    }

    @Test
    void shouldBeTheSamePageWhenWrittenTwiceInAnyLocale() {
        Locale before = Locale.getDefault();
        String first = page.html(RunDocuments.succeeded(), epochs(5));
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(page.html(RunDocuments.succeeded(), epochs(5))).isEqualTo(first);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void shouldLoadNothingAndRunNothingWhenEveryTextIsHostile() {
        Element html = parsed(page.html(hostile(), List.of(hostileEpoch())));

        assertThat(elements(html, "script")).isEmpty();
        assertThat(elements(html, "img")).isEmpty();
        assertThat(elements(html, "*"))
                .allSatisfy(
                        element -> IntStream.range(0, element.getAttributes().getLength())
                                .mapToObj(element.getAttributes()::item)
                                .forEach(attribute -> assertThat(attribute.getNodeName())
                                        .doesNotStartWith("on")
                                        .isNotIn("src", "href", "xlink:href", "srcset", "action", "style")));
        // Everything hostile is there, as text.
        String shown = HOSTILE.replace('\u001b', '\ufffd');
        assertThat(html.getTextContent().split(Pattern.quote(shown), -1)).hasSizeGreaterThan(12);
    }

    @Test
    void shouldReferToNothingOutsideWhenWritten() {
        String html = page.html(RunDocuments.succeeded(), epochs(5));

        assertThat(html).doesNotContain("http:", "https:", "url(", "@import", "<link", "<script", "<iframe");
        assertThat(html)
                .contains("content=\"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;\"")
                .startsWith("<!DOCTYPE html>\n<html lang=\"en\">");
    }

    @Test
    void shouldShowWhatTheRunWarnedOf() {
        RunDocument document = RunDocuments.succeeded().withWarning("masks are <coarse>");

        assertThat(new ReportPage().html(document, List.of())).contains("masks are &lt;coarse&gt;");
    }

    private static RunDocument hostile() {
        return new RunDocument(
                RunDocument.Status.failed,
                HOSTILE,
                70,
                Map.of(HOSTILE, HOSTILE, "epochs", HOSTILE),
                1,
                Map.of(HOSTILE, HOSTILE),
                HOSTILE,
                new RunDocument.Data(HOSTILE, 1, 1, 1, HOSTILE),
                new RunDocument.Spark(HOSTILE, HOSTILE),
                List.of(new RunDocument.Worker(0, HOSTILE, 1, List.of(0), List.of(HOSTILE))),
                new RunDocument.Model(HOSTILE, 1),
                1,
                null,
                List.of(HOSTILE));
    }

    private static EpochReport hostileEpoch() {
        EpochReport epoch = RunDocuments.epoch(1, 1, 1, 1);
        return new EpochReport(
                1,
                1,
                1,
                1,
                1,
                1,
                epoch.seconds(),
                epoch.stepSeconds(),
                new EpochReport.Exchange(1, 1, HOSTILE),
                HOSTILE,
                epoch.waits());
    }

    /** Training loss 1, 1/2, 1/3, ...; validation half of it; accuracy 91 %, 92 %, up to 99 %. */
    private static List<EpochReport> epochs(int count) {
        List<EpochReport> epochs = new ArrayList<>();
        for (int epoch = 1; epoch <= count; epoch++) {
            epochs.add(RunDocuments.epoch(epoch, 1.0 / epoch, 0.5 / epoch, 0.9 + 0.01 * Math.min(epoch, 9)));
        }
        return epochs;
    }

    private static Element parsed(String html) {
        try {
            var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
            return builder.parse(new ByteArrayInputStream(html.getBytes(UTF_8))).getDocumentElement();
        } catch (Exception e) {
            throw new AssertionError("the page is not well-formed", e);
        }
    }

    private static List<Element> elements(Element html, String tag) {
        NodeList nodes = html.getElementsByTagName(tag);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    private static Stream<String> classesOf(Element html, String tag) {
        return elements(html, tag).stream().map(element -> element.getAttribute("class"));
    }

    private static List<String> titles(Element html) {
        return elements(html, "title").stream().map(Element::getTextContent).toList();
    }

    private static List<String> charts(Element html) {
        return elements(html, "svg").stream()
                .map(chart -> chart.getAttribute("aria-label"))
                .toList();
    }
}
