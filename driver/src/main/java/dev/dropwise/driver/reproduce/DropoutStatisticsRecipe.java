package dev.dropwise.driver.reproduce;

import dev.dropwise.driver.reproduce.Figure.Unit;
import dev.dropwise.worker.experiment.DropoutStatistics;
import dev.dropwise.worker.experiment.DropoutStatistics.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Means and zeros of inverted dropout on 500 x 500 samples of N(10, 1), p = 0.3, 0.6, 0.75; seeds 1 to 5.
 *
 * <p>Published: means of 10 for input, training and evaluation, and a fraction of p zeros in training, none in evaluation. Tolerances:
 * 0.1 for means and 0.005 for fractions, which are three and six standard errors of one seed at p = 0.75, where they are largest.
 */
final class DropoutStatisticsRecipe implements Recipe {
    private static final List<Double> PROBABILITIES = List.of(0.3, 0.6, 0.75);
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);
    private static final double MEAN = 10;
    private static final double MEAN_TOLERANCE = 0.1;
    private static final double FRACTION_TOLERANCE = 0.005;

    @Override
    public String name() {
        return "dropout-statistics";
    }

    @Override
    public String title() {
        return "inverted dropout of 500 x 500 samples of N(10, 1)";
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
        List<DropoutStatistics> asked = PROBABILITIES.stream()
                .flatMap(p -> seeds.stream().map(seed -> new DropoutStatistics(p, seed)))
                .toList();
        List<Result> answers = lab.measure(asked, Result.class);
        List<Figure> figures = new ArrayList<>();
        for (int i = 0; i < PROBABILITIES.size(); i++) {
            figures.addAll(
                    figures(PROBABILITIES.get(i), seeds, answers.subList(i * seeds.size(), (i + 1) * seeds.size())));
        }
        return new Findings(figures, List.of(), lab.quickNotes());
    }

    private static List<Figure> figures(double p, List<Long> seeds, List<Result> answers) {
        Expectation mean = new Expectation.Within(MEAN, MEAN_TOLERANCE);
        Row row = new Row("p = " + p + ": ", seeds, answers);
        return List.of(
                row.figure("mean of input", mean, Result::inputMean),
                row.figure("mean in training", mean, Result::trainMean),
                row.figure("mean in evaluation", mean, Result::testMean),
                row.figure("zeros in training", new Expectation.Within(p, FRACTION_TOLERANCE), Result::trainZeros),
                row.figure("zeros in evaluation", new Expectation.Within(0, FRACTION_TOLERANCE), Result::testZeros));
    }

    private record Row(String prefix, List<Long> seeds, List<Result> answers) {
        Figure figure(String name, Expectation expectation, ToDoubleFunction<Result> value) {
            Sample ours = new Sample(answers.stream().mapToDouble(value).boxed().toList());
            return new Figure(prefix + name, Unit.NUMBER, expectation, seeds, ours);
        }
    }
}
