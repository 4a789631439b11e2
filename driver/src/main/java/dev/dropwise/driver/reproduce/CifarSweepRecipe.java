package dev.dropwise.driver.reproduce;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ExchangeMode;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.PixelScale;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.ScheduleConfig;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.driver.reproduce.Figure.Unit;
import dev.dropwise.worker.progress.EpochReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * How dropout trades training against validation accuracy where data are few: 500 CIFAR-10 images, 1,000 validation images, one hidden
 * layer of 500 ReLU units with inverted dropout on its output, Adam 5e-4, global batch 100, 25 epochs, seeds 1 to 5; accuracies in eval
 * mode after the last epoch. Inputs are (x - mean) / 255 per channel, initial weights uniform within +-1 / sqrt(fan-in), initial biases 0.
 *
 * <p>The published figures are those of PyTorch, means of five seeds with a standard deviation of about 1.2 in validation accuracy. Each of
 * our means must lie within 1.5 points. Which images those were is not told: here each seed draws its own from the whole training set. With the
 * same images for all seeds validation accuracies would differ less than the published ones do. PyTorch's {@code nn.Linear} also draws
 * biases, within the same bounds as weights, which makes no difference that can be seen.
 *
 * <p>Four shards of 25 examples a step make the global batch, so that 1, 2 and 4 workers give equal results.
 */
final class CifarSweepRecipe implements Recipe {
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);
    private static final double TOLERANCE = 1.5;
    private static final List<Point> POINTS = List.of(
            new Point(0, 99.7, 31.5),
            new Point(0.25, 98.9, 32.3),
            new Point(0.5, 96.4, 32.6),
            new Point(0.75, 87.0, 32.5),
            new Point(0.8, 83.7, 32.6),
            new Point(0.9, 71.6, 32.5),
            new Point(0.99, 42.7, 27.3));
    private static final List<Double> QUICK = List.of(0.0, 0.5, 0.9);

    private static final String TRAINING = "training accuracy";
    private static final String VALIDATION = "validation accuracy";
    private static final int TRAINING_IMAGES = 500;
    private static final int VALIDATION_IMAGES = 1000;
    private static final double LEARNING_RATE = 5e-4;
    private static final int EPOCHS = 25;
    private static final int SHARDS = 4;
    private static final int BATCH_OF_A_SHARD = 25;

    /** A drop probability, and the accuracies in percent that were published for it. */
    private record Point(double dropProbability, double training, double validation) {
        String label() {
            return "p = " + dropProbability;
        }
    }

    @Override
    public String name() {
        return "cifar-500-sweep";
    }

    @Override
    public String title() {
        return "FC 500 on 500 CIFAR-10 images, drop probabilities from 0 to 0.99";
    }

    @Override
    public String source() {
        return "PyTorch on the same images, mean of five seeds";
    }

    @Override
    public Optional<String> data() {
        return Optional.of(DataSets.CIFAR10);
    }

    @Override
    public Findings run(Lab lab) {
        List<Figure> figures = new ArrayList<>();
        List<Curve> curves = new ArrayList<>();
        List<Long> seeds = lab.seeds(SEEDS);
        String network = new ModelResource("cifar-500.json").text();
        for (Point point : POINTS) {
            if (lab.quick() && !QUICK.contains(point.dropProbability())) {
                continue;
            }
            List<Trained> runs = new ArrayList<>();
            for (long seed : seeds) {
                Trained run =
                        lab.train("p" + point.dropProbability() + "-seed" + seed, config(lab, network, point, seed));
                lab.say(point.label() + " seed " + seed + ": training "
                        + percent(run.last().trainAccuracy()) + " %, validation "
                        + percent(run.last().validationAccuracy()) + " %");
                runs.add(run);
            }
            Runs all = new Runs(seeds, runs);
            figures.add(all.figure(TRAINING, point, point.training(), EpochReport::trainAccuracy));
            figures.add(all.figure(VALIDATION, point, point.validation(), EpochReport::validationAccuracy));
            curves.add(Curve.mean(TRAINING, point.label(), runs, EpochReport::trainAccuracy));
            curves.add(Curve.mean(VALIDATION, point.label(), runs, EpochReport::validationAccuracy));
        }
        return new Findings(figures, curves, notes(lab));
    }

    private static List<String> notes(Lab lab) {
        List<String> notes = new ArrayList<>(lab.quickNotes());
        if (lab.quick()) {
            notes.add("--quick: p = " + QUICK + " only");
        }
        return notes;
    }

    private static String percent(double fraction) {
        return Unit.PERCENT.text(100 * fraction);
    }

    private static TrainConfig config(Lab lab, String network, Point point, long seed) {
        DropoutSpec dropout = point.dropProbability() == 0
                ? DropoutSpec.NONE
                : new DropoutSpec(DropoutSpec.Kind.INVERTED, point.dropProbability());
        return new TrainConfig(
                lab.examples(DataSets.CIFAR10, VALIDATION_IMAGES, TRAINING_IMAGES)
                        .sampled(true)
                        .with(PixelScale.CENTRED),
                new ModelConfig(
                        "cifar-500.json", network, Activation.RELU, dropout, DropoutSpec.NONE, Regularisation.NONE),
                new UpdaterConfig(UpdaterConfig.Kind.ADAM, LEARNING_RATE, 0),
                new ScheduleConfig(EPOCHS, BATCH_OF_A_SHARD, SHARDS, 0, ExchangeMode.GRADIENTS, true),
                seed);
    }

    /** The trainings of one drop probability, one for each seed. */
    private record Runs(List<Long> seeds, List<Trained> runs) {
        Figure figure(String name, Point point, double published, ToDoubleFunction<EpochReport> fraction) {
            Sample ours = new Sample(runs.stream()
                    .map(run -> 100 * fraction.applyAsDouble(run.last()))
                    .toList());
            return new Figure(
                    point.label() + ": " + name,
                    Unit.PERCENT,
                    new Expectation.Within(published, TOLERANCE),
                    seeds,
                    ours);
        }
    }
}
