package dev.dropwise.driver.reproduce;

import dev.dropwise.driver.reproduce.Figure.Unit;
import dev.dropwise.worker.experiment.GradientCheck;
import java.util.List;
import java.util.Optional;

/**
 * The backward pass of inverted dropout against central differences: 10 x 10 samples, p = 0.8, seeds 1 to 5.
 *
 * <p>Published: a largest relative error of 1.9e-11, which is rounding. How large rounding is depends on the samples; a wrong derivative shows
 * in the first digits. So ours may be smaller, and larger by an order of magnitude at most: up to 1.9e-10.
 */
final class GradientCheckRecipe implements Recipe {
    private static final double DROP_PROBABILITY = 0.8;
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);
    private static final double PUBLISHED = 1.9e-11;
    private static final double TOLERANCE = 9 * PUBLISHED;

    @Override
    public String name() {
        return "gradient-check";
    }

    @Override
    public String title() {
        return "backward pass against central differences, 10 x 10 samples, p = 0.8, double precision, fixed masks";
    }

    @Override
    public String source() {
        return "Stanford CS231n, assignment 2, Dropout";
    }

    @Override
    public Optional<String> data() {
        return Optional.empty();
    }

    @Override
    public Findings run(Lab lab) {
        List<Long> seeds = lab.seeds(SEEDS);
        List<GradientCheck.Result> answers = lab.measure(
                seeds.stream()
                        .map(seed -> new GradientCheck(DROP_PROBABILITY, seed))
                        .toList(),
                GradientCheck.Result.class);
        Sample ours = new Sample(
                answers.stream().map(GradientCheck.Result::relativeError).toList());
        return new Findings(
                List.of(new Figure(
                        "largest relative error",
                        Unit.SCIENTIFIC,
                        new Expectation.NotAbove(PUBLISHED, TOLERANCE),
                        seeds,
                        ours)),
                List.of(),
                lab.quickNotes());
    }
}
