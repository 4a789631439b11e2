package dev.dropwise.deploy.bench;

import dev.dropwise.common.kernel.CpuFeatures;
import dev.dropwise.common.kernel.KernelClass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.ListStatistics;

/**
 * What each kind of dropout adds to a training step of W4: runs {@link KindBenchmark} in rounds that visit one kind after the other, each in a
 * JVM of its own, so that a busy machine slows all. Scores are means over all iterations by the clock, with the error that JMH gives them
 * (99.9 %). The overhead is the median over rounds of the ratio to the step without dropout of the same round, in processor time. Kinds that
 * need feature maps count three times, once for each hidden layer; pooling less what stock max-pooling takes.
 *
 * <p>Arguments: {@code [ROUNDS]}.
 */
public final class KindCost {
    private static final int LAYERS = 3;
    private static final int DEFAULT_ROUNDS = 3;
    private static final double CONFIDENCE = 0.999;
    private static final String NONE = "none";
    private static final String POOLING = "pooling:0.5";
    private static final String[] IN_NETWORK = {
        NONE,
        "inverted:0.5",
        "standard:0.5",
        "gaussian:0.5",
        "alpha:0.1",
        "standout:0.5",
        "dropconnect:0.5,mask=batch",
        "dropconnect:0.5,mask=example"
    };
    private static final String[] ON_MAPS = {
        NONE, "spatial:0.5", "dropblock:0.1,block=3", "maxdrop:0.5", "cutout:4", POOLING
    };

    private KindCost() {}

    public static void main(String[] arguments) throws RunnerException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : DEFAULT_ROUNDS;
        KernelClass kernel = KernelClass.strongestOf(CpuFeatures.detect());
        System.out.println("kernel class " + kernel + ", JMH, " + rounds + " rounds, a JVM for each kind in each");
        Scores steps = new Scores();
        Scores maps = new Scores();
        for (int round = 0; round < rounds; round++) {
            steps.add("step", IN_NETWORK);
            maps.add("maps", ON_MAPS);
        }
        print(steps, maps);
    }

    private static void print(Scores steps, Scores maps) {
        System.out.printf("%-30s %10s %10s %10s%n", "", "ms/op", "error", "overhead");
        double[] base = steps.ofRounds(NONE);
        for (String kind : IN_NETWORK) {
            print(kind, steps.statistics(kind), ratios(steps.ofRounds(kind), base, base));
        }
        System.out.println("on feature maps alone; overhead of three in a step:");
        double[] stock = maps.ofRounds(NONE);
        double[] nothing = new double[stock.length];
        for (String kind : ON_MAPS) {
            double[] added = maps.ofRounds(kind);
            Arrays.setAll(added, round -> LAYERS * added[round]);
            double[] less = new double[stock.length];
            Arrays.setAll(less, round -> LAYERS * stock[round]);
            boolean pools = kind.equals(NONE) || kind.equals(POOLING);
            print(
                    kind.equals(NONE) ? "max-pooling" : kind,
                    maps.statistics(kind),
                    ratios(added, pools ? less : nothing, base));
        }
    }

    private static void print(String name, ListStatistics scores, double[] overheads) {
        System.out.println(String.format(
                Locale.ROOT,
                "%-30s %10.3f %10.3f %9.1f%%",
                name,
                scores.getMean(),
                scores.getMeanErrorAt(CONFIDENCE),
                100 * median(overheads)));
    }

    /** What {@code values} have more than {@code others}, in parts of {@code base}, round by round. */
    private static double[] ratios(double[] values, double[] others, double[] base) {
        double[] ratios = new double[values.length];
        Arrays.setAll(ratios, round -> (values[round] - others[round]) / base[round]);
        return ratios;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** One iteration's milliseconds a run. */
    private record Score(double clock, double processor) {
        static Score of(IterationResult iteration) {
            return new Score(
                    iteration.getPrimaryResult().getScore(),
                    Objects.requireNonNull(iteration.getSecondaryResults().get("processorMs"), "processorMs")
                            .getScore());
        }
    }

    /** The scores of one benchmark's iterations, by kind and round. */
    private static final class Scores {
        private final Map<String, List<List<Score>>> rounds = new LinkedHashMap<>();

        /** Runs {@code benchmark} once for each of {@code kinds}; forks have this JVM's options, class path and environment. */
        void add(String benchmark, String... kinds) throws RunnerException {
            Collection<RunResult> results = new Runner(new OptionsBuilder()
                            .include("^\\Q" + KindBenchmark.class.getName() + "." + benchmark + "\\E$")
                            .param("kind", kinds)
                            .verbosity(VerboseMode.SILENT)
                            .shouldFailOnError(true)
                            .build())
                    .run();
            for (RunResult result : results) {
                List<Score> iterations = result.getBenchmarkResults().stream()
                        .flatMap(fork -> fork.getIterationResults().stream())
                        .map(Score::of)
                        .toList();
                rounds.computeIfAbsent(result.getParams().getParam("kind"), kind -> new ArrayList<>())
                        .add(iterations);
            }
        }

        /** The median of each round's iterations, in processor time. */
        double[] ofRounds(String kind) {
            return of(kind).stream()
                    .mapToDouble(round ->
                            median(round.stream().mapToDouble(Score::processor).toArray()))
                    .toArray();
        }

        /** All iterations by the clock. */
        ListStatistics statistics(String kind) {
            return new ListStatistics(of(kind).stream()
                    .flatMap(List::stream)
                    .mapToDouble(Score::clock)
                    .toArray());
        }

        private List<List<Score>> of(String kind) {
            return Objects.requireNonNull(rounds.get(kind), kind);
        }
    }
}
