package dev.dropwise.driver.reproduce;

import dev.dropwise.worker.progress.EpochReport;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A line in the picture: a quantity at places of equal distance, averaged over the seeds.
 *
 * @param panel title of the chart that it belongs to
 * @param name in the legend
 * @param values by place
 * @param scale of both axes; the same for all of one panel
 */
record Curve(String panel, String name, List<Double> values, Scale scale) {
    Curve {
        values = List.copyOf(values);
    }

    /** Values in percent, after each epoch. */
    Curve(String panel, String name, List<Double> values) {
        this(panel, name, values, Scale.EPOCHS);
    }

    /**
     * What places and values mean.
     *
     * @param unit of the values
     * @param across what is written below the places
     * @param first place
     * @param step from one place to the next
     */
    record Scale(String unit, String across, int first, int step) {
        static final Scale EPOCHS = new Scale("%", "epoch", 1, 1);

        boolean isPercent() {
            return unit.equals("%");
        }

        /** The place with this number, counted from 0. */
        int place(int number) {
            return first + step * number;
        }
    }

    /** The mean of a fraction over runs, for as many epochs as all of them have. */
    static Curve mean(String panel, String name, List<Trained> runs, ToDoubleFunction<EpochReport> fraction) {
        int epochs = runs.stream().mapToInt(run -> run.epochs().size()).min().orElse(0);
        List<Double> means = IntStream.range(0, epochs)
                .mapToObj(epoch -> runs.stream()
                        .mapToDouble(
                                run -> 100 * fraction.applyAsDouble(run.epochs().get(epoch)))
                        .average()
                        .orElse(Double.NaN))
                .toList();
        return new Curve(panel, name, means);
    }
}
