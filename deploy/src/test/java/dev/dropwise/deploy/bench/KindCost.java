package dev.dropwise.deploy.bench;

import dev.dropwise.common.kernel.CpuFeatures;
import dev.dropwise.common.kernel.KernelClass;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What each kind of dropout adds to a training step of W4: runs {@link KindBenchmark} in rounds that visit one kind after the other, each in a
 * JVM of its own. Milliseconds and overheads are medians over all iterations, in processor time; an overhead is that of one iteration's steps
 * with dropout to the same iteration's without, and its quartiles say how sure it is. {@code none} is held against itself, which
 * shows what the benchmark cannot tell from nothing.
 *
 * <p>Arguments: {@code [ROUNDS]}.
 */
public final class KindCost {
    private static final int DEFAULT_ROUNDS = 3;
    private static final double LOWER_QUARTILE = 0.25;
    private static final double MEDIAN = 0.5;
    private static final double UPPER_QUARTILE = 0.75;
    private static final String[] KINDS = {
        "none",
        "inverted:0.5",
        "standard:0.5",
        "gaussian:0.5",
        "alpha:0.1",
        "standout:0.5",
        "dropconnect:0.5,mask=batch",
        "dropconnect:0.5,mask=example",
        "spatial:0.5",
        "dropblock:0.1,block=3",
        "maxdrop:0.5",
        "cutout:4",
        "pooling:0.5"
    };

    private KindCost() {}

    public static void main(String[] arguments) throws RunnerException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : DEFAULT_ROUNDS;
        KernelClass kernel = KernelClass.strongestOf(CpuFeatures.detect());
        System.out.println("kernel class " + kernel + ", JMH, " + rounds + " rounds, a JVM for each kind in each");
        Map<String, List<Pair>> pairs = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (RunResult result : run()) {
                result.getBenchmarkResults().stream()
                        .flatMap(fork -> fork.getIterationResults().stream())
                        .map(Pair::of)
                        .forEach(
                                pairs.computeIfAbsent(result.getParams().getParam("kind"), kind -> new ArrayList<>())
                                        ::add);
            }
        }
        System.out.printf(
                "%-30s %12s %12s %10s %20s%n",
                "ms of processor time a step", "with", "without", "overhead", "quartiles");
        pairs.forEach(KindCost::print);
    }

    /** Each kind once; forks have this JVM's options, class path and environment. */
    private static Collection<RunResult> run() throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include("^\\Q" + KindBenchmark.class.getName() + "\\E\\.")
                        .param("kind", KINDS)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run();
    }

    private static void print(String kind, List<Pair> pairs) {
        double[] overheads = sorted(pairs, pair -> 100 * (pair.withMs() / pair.withoutMs() - 1));
        System.out.println(String.format(
                Locale.ROOT,
                "%-30s %12.2f %12.2f %9.1f%% %20s",
                kind,
                quantile(sorted(pairs, Pair::withMs), MEDIAN),
                quantile(sorted(pairs, Pair::withoutMs), MEDIAN),
                quantile(overheads, MEDIAN),
                String.format(
                        Locale.ROOT,
                        "%.1f .. %.1f%%",
                        quantile(overheads, LOWER_QUARTILE),
                        quantile(overheads, UPPER_QUARTILE))));
    }

    private static double[] sorted(List<Pair> pairs, ToDoubleFunction<Pair> value) {
        return pairs.stream().mapToDouble(value).sorted().toArray();
    }

    /** Between its two neighbours, where it falls between them. */
    private static double quantile(double[] sorted, double fraction) {
        double at = fraction * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /** Milliseconds of a step in one iteration. */
    private record Pair(double withMs, double withoutMs) {
        static Pair of(IterationResult iteration) {
            return new Pair(score(iteration, "withMs"), score(iteration, "withoutMs"));
        }

        private static double score(IterationResult iteration, String counter) {
            return Objects.requireNonNull(iteration.getSecondaryResults().get(counter), counter)
                    .getScore();
        }
    }
}
