package dev.dropwise.driver.reproduce;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.evaluation.MonteCarlo;
import dev.dropwise.common.evaluation.Uncertainty;
import dev.dropwise.driver.reproduce.Figure.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * How sure a network is of a digit that is turned away from what it has learned: {@code lenet} with {@code inverted:0.5}, trained on 10,000
 * MNIST images (Adam 1e-3, global batch 64, 5 epochs, seeds 1 to 5), is asked by 100 passes of Monte Carlo dropout about the first 1 of the
 * test set, turned by 0 to 180 degrees in steps of 15.
 *
 * <p>Figures are not published, only the claim that uncertainty grows as the digit turns: predictive entropy and mutual information, each averaged
 * from 30 to 150 degrees, must exceed those of the upright digit, with the 95 % interval over seeds above 0.
 */
final class RotationRecipe implements Recipe {
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);
    private static final LenetOnMnist TRAINING =
            new LenetOnMnist(10_000, new DropoutSpec(DropoutSpec.Kind.INVERTED, 0.5), 5);
    private static final int PASSES = 100;
    private static final int DIGIT = 1;
    private static final int LOOKED_THROUGH = 100;
    private static final int STEP_DEGREES = 15;
    private static final int ANGLES = 180 / STEP_DEGREES + 1;
    private static final int FIRST_TURNED = 30 / STEP_DEGREES;
    private static final int LAST_TURNED = 150 / STEP_DEGREES;
    private static final String IMAGES = "turned-idx3-ubyte";
    private static final Curve.Scale SCALE = new Curve.Scale("nats", "angle, degrees", 0, STEP_DEGREES);

    @Override
    public String name() {
        return "mc-dropout-rotation";
    }

    @Override
    public String title() {
        return "uncertainty of a digit 1 against the angle that it is turned by, lenet, 100 Monte Carlo passes";
    }

    @Override
    public String source() {
        return "the claim of Gal and Ghahramani, ICML 2016, section 5.2; no figures";
    }

    @Override
    public Optional<String> data() {
        return Optional.of(DataSets.MNIST);
    }

    @Override
    public Findings run(Lab lab) {
        List<Long> seeds = lab.seeds(SEEDS);
        lab.leave(IMAGES, digit(lab.source(DataSets.MNIST)).idx(ANGLES, STEP_DEGREES));
        List<Uncertainty> answers = new ArrayList<>();
        for (long seed : seeds) {
            answers.add(
                    lab.trainAndAsk("seed" + seed, TRAINING.config(lab, seed), IMAGES, new MonteCarlo(PASSES, seed)));
            lab.say("seed " + seed + ": asked about " + ANGLES + " angles");
        }
        List<Figure> figures = new ArrayList<>();
        figures.addAll(figures("predictive entropy", Uncertainty::entropies, seeds, answers));
        figures.addAll(figures("mutual information", Uncertainty::mutualInformation, seeds, answers));
        return new Findings(
                figures,
                List.of(
                        curve("predictive entropy", Uncertainty::entropies, answers),
                        curve("mutual information", Uncertainty::mutualInformation, answers)),
                lab.quickNotes());
    }

    private static TurnedDigit digit(ImageSource source) {
        Examples first =
                source.read(Split.TEST, IntStream.range(0, LOOKED_THROUGH).toArray());
        int index = IntStream.range(0, LOOKED_THROUGH)
                .filter(each -> first.labels()[each] == DIGIT)
                .findFirst()
                .orElseThrow();
        int length = first.shape().length();
        byte[] pixels = new byte[length];
        System.arraycopy(first.pixels(), index * length, pixels, 0, length);
        return new TurnedDigit(pixels, first.shape().width());
    }

    private static List<Figure> figures(
            String what, Function<Uncertainty, double[]> of, List<Long> seeds, List<Uncertainty> answers) {
        List<Double> upright = answers.stream().map(each -> of.apply(each)[0]).toList();
        List<Double> grown = answers.stream()
                .map(each -> IntStream.rangeClosed(FIRST_TURNED, LAST_TURNED)
                                .mapToDouble(angle -> of.apply(each)[angle])
                                .average()
                                .orElseThrow()
                        - of.apply(each)[0])
                .toList();
        return List.of(
                new Figure(
                        what + ", upright, nats", Unit.NUMBER, new Expectation.Nothing(), seeds, new Sample(upright)),
                new Figure(
                        what + ", more from 30 to 150 degrees",
                        Unit.NUMBER,
                        new Expectation.Above(0),
                        seeds,
                        new Sample(grown)));
    }

    private static Curve curve(String panel, Function<Uncertainty, double[]> of, List<Uncertainty> answers) {
        List<Double> means = IntStream.range(0, ANGLES)
                .mapToObj(angle -> answers.stream()
                        .mapToDouble(each -> of.apply(each)[angle])
                        .average()
                        .orElseThrow())
                .toList();
        return new Curve(panel, "mean over seeds", means, SCALE);
    }
}
