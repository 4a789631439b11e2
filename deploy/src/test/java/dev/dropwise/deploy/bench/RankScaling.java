package dev.dropwise.deploy.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.NetworkedHosts;
import dev.dropwise.deploy.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Step time of one training on 1, 2, 4 and 8 ranks, all on one host (shared memory) or each on a host of its own (UDP through
 * network namespaces): 784-500-10, eight shards, batch 128, so that every step has the same 1,024 examples and one exchange of 1.6 MB.
 * Prints medians over steps and over epochs after the first.
 */
public final class RankScaling {
    private static final int[] RANKS = {1, 2, 4, 8};
    private static final int MTU = 9000;
    private static final String[] TRAIN = {
        "train",
        "--data",
        "mnist",
        "--model",
        "mlp:500",
        "--dropout",
        "0.5",
        "--batch-size",
        "128",
        "--shards",
        "8",
        "--epochs",
        "4",
        "--seed",
        "1",
        "--validation",
        "0",
        "--max-attempts",
        "1"
    };
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private RankScaling() {}

    /**
     * Runs it; needs {@code DROPWISE_DATA} with mnist, and root.
     *
     * @param arguments the directory for runs
     */
    public static void main(String[] arguments) throws IOException {
        NetworkedHosts.missing().ifPresent(why -> {
            throw new IllegalStateException(why);
        });
        Path directory = Files.createTempDirectory(Path.of(arguments[0]), "scaling");
        System.out.printf(
                "%-5s %5s %9s %11s %20s %14s%n",
                "", "ranks", "step ms", "compute ms", "exchange + wait ms", "samples/s");
        for (String way : List.of("ipc", "udp")) {
            for (int ranks : RANKS) {
                row(directory, way, ranks);
            }
        }
    }

    private static void row(Path directory, String way, int ranks) {
        boolean oneHost = way.equals("ipc");
        RunFiles run = new RunFiles(directory.resolve(way + ranks));
        int[] workerHosts =
                IntStream.range(0, ranks).map(rank -> oneHost ? 0 : rank).toArray();
        try (NetworkedHosts hosts = NetworkedHosts.start(oneHost ? 1 : ranks, MTU)) {
            String url = hosts.startSpark(directory.resolve("work-" + way + ranks), workerHosts);
            hosts.start(
                            0,
                            DropwiseProcess.sparkSubmit(url, TRAIN)
                                    .with("--workers", Integer.toString(ranks))
                                    .with("--out", run.directory().toString())
                                    .within(DEADLINE))
                    .await()
                    .orFail();
        }
        double compute = stepMs(run, "compute");
        double exchange = stepMs(run, "exchange") + stepMs(run, "wait");
        System.out.printf(
                Locale.ROOT,
                "%-5s %5d %9.2f %11.2f %20.2f %14.0f%n",
                way,
                ranks,
                compute + exchange,
                compute,
                exchange,
                median(later(run).stream()
                        .mapToDouble(line -> line.get("samplesPerSecond").doubleValue())
                        .toArray()));
    }

    private static double stepMs(RunFiles run, String part) {
        return 1e3
                * median(later(run).stream()
                        .mapToDouble(line -> line.at("/stepSeconds/" + part).doubleValue())
                        .toArray());
    }

    private static List<JsonNode> later(RunFiles run) {
        return run.metrics().subList(1, run.metrics().size());
    }

    private static double median(double[] values) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
