package dev.dropwise.driver.reproduce;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.Split;
import dev.dropwise.driver.reproduce.Figure.Unit;
import dev.dropwise.worker.experiment.MaskPicture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * A page with every kind of dropout: real masks on four digits, drawn on the executors by the code that trains, the formulas, and when to
 * use it. Held to what can be: where each pixel is dropped with the same probability p, the dropped fraction of the 3,136 pixels must lie
 * within 0.045 of p, five standard errors at p = 0.5. Seed 1.
 */
final class GalleryRecipe implements Recipe {
    private static final long SEED = 1;
    private static final double FRACTION_TOLERANCE = 0.045;
    private static final int[] DIGITS = {2, 3, 5, 8};
    /** Brightness of paper, so that what is dropped from it shows. */
    private static final float PAPER = 0.25f;

    @Override
    public String name() {
        return "gallery";
    }

    @Override
    public String title() {
        return "masks of every kind of dropout";
    }

    @Override
    public String source() {
        return "the papers of each kind";
    }

    @Override
    public Optional<String> data() {
        return Optional.empty();
    }

    @Override
    public Findings run(Lab lab) {
        float[] input = input();
        List<MaskPicture.Result> results = lab.measure(
                GalleryEntry.ALL.stream()
                        .map(entry -> new MaskPicture(entry.spec(), SEED, DIGITS.length, input(entry, input)))
                        .toList(),
                MaskPicture.Result.class);
        List<Figure> figures = new ArrayList<>();
        GalleryPage page = new GalleryPage(new MaskImage(DIGITS.length).of(input, input));
        for (int i = 0; i < results.size(); i++) {
            GalleryEntry entry = GalleryEntry.ALL.get(i);
            float[] output = results.get(i).pixels();
            page.add(entry, new MaskImage(DIGITS.length).of(input(entry, input), output));
            figures.add(figure(entry, output));
        }
        lab.leave("gallery.html", page.html().getBytes(StandardCharsets.UTF_8));
        return new Findings(figures, List.of(), List.of("the page is gallery.html"));
    }

    private static Figure figure(GalleryEntry entry, float[] output) {
        int zeros = 0;
        for (float value : output) {
            zeros += value == 0 ? 1 : 0;
        }
        Expectation expectation = Double.isFinite(entry.zeroProbability())
                ? new Expectation.Within(entry.zeroProbability(), FRACTION_TOLERANCE)
                : new Expectation.Nothing();
        return new Figure(
                entry.spec() + ": zeros",
                Unit.NUMBER,
                expectation,
                List.of(SEED),
                new Sample(List.of((double) zeros / output.length)));
    }

    /** The digits as grey maps of one example, from 0.25 (paper) to 1 (ink). */
    private static float[] input() {
        byte[] pixels = DataSets.open(
                        new DataConfig(DataSets.DIGITS, "", new Holdout(0, 0), 0), new Configuration(false))
                .read(Split.TRAIN, DIGITS)
                .pixels();
        float[] input = new float[pixels.length];
        for (int i = 0; i < input.length; i++) {
            input[i] = PAPER + (1 - PAPER) * Byte.toUnsignedInt(pixels[i]) / 255f;
        }
        return input;
    }

    /** What the kind is shown with: pre-activations of either sign for those that are made for them. */
    private static float[] input(GalleryEntry entry, float[] grey) {
        DropoutSpec.Kind kind = DropoutSpec.parse(entry.spec()).kind();
        float[] input = grey.clone();
        if (kind == DropoutSpec.Kind.STANDOUT || kind == DropoutSpec.Kind.ALPHA) {
            for (int i = 0; i < input.length; i++) {
                input[i] = 6 * (grey[i] - PAPER) - 2;
            }
        }
        return input;
    }
}
