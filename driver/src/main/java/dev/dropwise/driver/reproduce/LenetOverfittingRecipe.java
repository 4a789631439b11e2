package dev.dropwise.driver.reproduce;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.driver.reproduce.Figure.Unit;
import dev.dropwise.worker.progress.EpochReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What dropout does against overfitting: {@code lenet} on the first 1,000 MNIST images without dropout and with {@code inverted:0.5} on the
 * output layer's input; Adam 1e-3, global batch 64, 30 epochs, seeds 1 to 5. The gap is training minus test accuracy after the last epoch,
 * both in eval mode.
 *
 * <p>No figures are published, only the claim that dropout narrows the gap: the 95 % interval of by how much, seed by seed, must lie above 0.
 */
final class LenetOverfittingRecipe implements Recipe {
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);
    private static final DropoutSpec DROPOUT = new DropoutSpec(DropoutSpec.Kind.INVERTED, 0.5);
    private static final int TRAINING_IMAGES = 1000;
    private static final int EPOCHS = 30;
    private static final int QUICK_EPOCHS = 10;

    @Override
    public String name() {
        return "lenet-overfitting";
    }

    @Override
    public String title() {
        return "gap between training and test accuracy of lenet on 1,000 MNIST images, without and with dropout";
    }

    @Override
    public String source() {
        return "the claim of Srivastava et al., JMLR 2014; no figures";
    }

    @Override
    public Optional<String> data() {
        return Optional.of(DataSets.MNIST);
    }

    @Override
    public Findings run(Lab lab) {
        List<Long> seeds = lab.seeds(SEEDS);
        Arm without = arm(lab, "without dropout", DropoutSpec.NONE, seeds);
        Arm with = arm(lab, "with dropout", DROPOUT, seeds);
        Sample narrowed = new Sample(IntStream.range(0, seeds.size())
                .mapToObj(i -> without.gaps().get(i) - with.gaps().get(i))
                .toList());
        List<Figure> figures = new ArrayList<>();
        figures.addAll(without.figures());
        figures.addAll(with.figures());
        figures.add(
                new Figure("gap narrowed by, points", Unit.FINE_PERCENT, new Expectation.Above(0), seeds, narrowed));
        return new Findings(figures, List.of(without.curve(), with.curve()), notes(lab));
    }

    private static List<String> notes(Lab lab) {
        List<String> notes = new ArrayList<>(lab.quickNotes());
        if (lab.quick()) {
            notes.add("--quick: " + QUICK_EPOCHS + " of " + EPOCHS + " epochs");
        }
        return notes;
    }

    private static Arm arm(Lab lab, String name, DropoutSpec dropout, List<Long> seeds) {
        LenetOnMnist training = new LenetOnMnist(TRAINING_IMAGES, dropout, lab.quick() ? QUICK_EPOCHS : EPOCHS);
        List<Trained> runs = new ArrayList<>();
        for (long seed : seeds) {
            Trained run = lab.train(name.replace(' ', '-') + "-seed" + seed, training.config(lab, seed));
            lab.say(name + " seed " + seed + ": training "
                    + Unit.FINE_PERCENT.text(100 * run.last().trainAccuracy()) + " %, test "
                    + Unit.FINE_PERCENT.text(100 * run.testAccuracy()) + " %");
            runs.add(run);
        }
        return new Arm(name, seeds, runs);
    }

    /** One of the two ways to train, with each seed. */
    private record Arm(String name, List<Long> seeds, List<Trained> runs) {
        List<Double> training() {
            return runs.stream().map(run -> 100 * run.last().trainAccuracy()).toList();
        }

        List<Double> test() {
            return runs.stream().map(run -> 100 * run.testAccuracy()).toList();
        }

        List<Double> gaps() {
            return IntStream.range(0, runs.size())
                    .mapToObj(i -> training().get(i) - test().get(i))
                    .toList();
        }

        List<Figure> figures() {
            return List.of(
                    reported("training accuracy", training()),
                    reported("test accuracy", test()),
                    reported("gap", gaps()));
        }

        private Figure reported(String what, List<Double> values) {
            return new Figure(
                    name + ": " + what, Unit.FINE_PERCENT, new Expectation.Nothing(), seeds, new Sample(values));
        }

        Curve curve() {
            return Curve.mean("training accuracy", name, runs, EpochReport::trainAccuracy);
        }
    }
}
