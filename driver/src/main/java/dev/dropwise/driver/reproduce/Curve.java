package dev.dropwise.driver.reproduce;

import dev.dropwise.worker.progress.EpochReport;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A line in the picture: a quantity after each epoch, from the first, averaged over the seeds.
 *
 * @param panel title of the chart that it belongs to; all of one panel share their axes
 * @param name in the legend
 * @param values in percent, by epoch
 */
record Curve(String panel, String name, List<Double> values) {
    Curve {
        values = List.copyOf(values);
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
