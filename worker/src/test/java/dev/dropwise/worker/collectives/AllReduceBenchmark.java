package dev.dropwise.worker.collectives;

import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.transport.FrameSecret;
import dev.dropwise.worker.transport.JvmAccess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Times the all-reduce alone between JVMs of this machine, over shared memory and UDP, from 4 KB to 64 MB, back to
 * back and with computing between rounds, with frames in clear or sealed. Prints a table, and for three numbers of ranks or more what
 * {@link AlphaBeta} makes of it; starts its peers itself and always ends them.
 *
 * <pre>
 *   java --add-opens java.base/jdk.internal.misc=ALL-UNNAMED -cp CLASSPATH \
 *       dev.dropwise.worker.collectives.AllReduceBenchmark [ipc|udp|both] [compute milliseconds] [bytes,bytes,...] \
 *       [clear|sealed|both] [ranks,ranks,...]
 * </pre>
 */
public final class AllReduceBenchmark {
    private static final String PEER = "peer";
    private static final String CLEAR = "clear";
    private static final String SEALED = "sealed";
    private static final String DEFAULTS = "both 0 4096,65536,1600000,12000000,67108864 clear 2";
    /** Ranks that predictions are given for, on machines with a core for each. */
    private static final int[] PREDICTED = {16, 64};

    private final List<String> words;
    private final List<String> ways;
    private final double computeMs;
    private final List<Integer> sizes;
    private final List<String> seals;
    private final List<Integer> worlds;
    private final List<AlphaBeta.Measured> measured = new ArrayList<>();

    private AllReduceBenchmark(List<String> given) {
        List<String> all = new ArrayList<>(List.of(DEFAULTS.split(" ", -1)));
        for (int i = 0; i < given.size(); i++) {
            all.set(i, given.get(i));
        }
        words = List.copyOf(all);
        ways = words.get(0).equals("both") ? List.of("ipc", "udp") : List.of(words.get(0));
        computeMs = Double.parseDouble(words.get(1));
        sizes = integers(words.get(2));
        seals = words.get(3).equals("both") ? List.of(CLEAR, SEALED) : List.of(words.get(3));
        worlds = integers(words.get(4));
    }

    private static List<Integer> integers(String list) {
        return Arrays.stream(list.split(",", -1)).map(Integer::valueOf).toList();
    }

    /** Runs the benchmark, or a peer of it: {@code peer RANK DIRECTORY}, then the benchmark's own arguments. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        JvmAccess.ensure();
        List<String> words = List.of(arguments);
        if (!words.isEmpty() && words.get(0).equals(PEER)) {
            PeerProcess.endWithParent();
            new AllReduceBenchmark(words.subList(3, words.size()))
                    .run(Integer.parseInt(words.get(1)), Path.of(words.get(2)));
        } else {
            new AllReduceBenchmark(words).runWithPeers();
        }
    }

    private void runWithPeers() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("dropwise-benchmark");
        System.out.printf(
                Locale.ROOT,
                "%-4s %-6s %6s %10s %7s %10s %10s %9s%n",
                "",
                "",
                "ranks",
                "bytes",
                "rounds",
                "p50 us",
                "p99 us",
                "GB/s p50");
        List<PeerProcess> peers = new ArrayList<>();
        try {
            for (int rank = 1; rank < Collections.max(worlds); rank++) {
                List<String> arguments = new ArrayList<>(List.of(PEER, Integer.toString(rank), directory.toString()));
                arguments.addAll(words);
                peers.add(PeerProcess.start(AllReduceBenchmark.class, PeerProcess.openModules(), arguments));
            }
            run(0, directory);
            for (PeerProcess peer : peers) {
                peer.await(10);
            }
        } finally {
            peers.forEach(PeerProcess::close);
            delete(directory);
        }
        if (worlds.size() > 2) {
            ways.forEach(this::model);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(directory);
    }

    private void run(int rank, Path directory) {
        for (String way : ways) {
            for (int world : worlds) {
                if (rank < world) {
                    run(rank, new FileRendezvous(directory, world), way, world);
                }
            }
        }
    }

    private void run(int rank, FileRendezvous rendezvous, String way, int world) {
        for (int bytes : sizes) {
            for (String seal : seals) {
                try (Collectives collectives =
                        rendezvous.open(config(way, bytes, seal), rank, way + seal + world + "x" + bytes)) {
                    long[] ns = measure(collectives, bytes);
                    if (rank == 0) {
                        print(way, seal, world, bytes, ns);
                        measured.add(new AlphaBeta.Measured(way + seal, world, bytes, ns[ns.length / 2] / 1e3));
                    }
                }
            }
        }
    }

    /** Fits all worlds but the largest, holds the largest against the fit, and predicts what this machine cannot measure. */
    private void model(String way) {
        int cores = Runtime.getRuntime().availableProcessors();
        int largest = Collections.max(worlds);
        List<AlphaBeta.Measured> mine = measured.stream()
                .filter(each -> each.series().equals(way + seals.get(0)))
                .toList();
        AlphaBeta fit = AlphaBeta.fit(
                mine.stream().filter(each -> each.ranks() < largest).toList(), cores);
        System.out.printf(Locale.ROOT, "%n%s: %s%n", way, fit);
        for (AlphaBeta.Measured each : mine) {
            System.out.printf(
                    Locale.ROOT,
                    "%6d ranks %10d bytes: model %10.1f us, measured %10.1f us (%s)%n",
                    each.ranks(),
                    each.bytes(),
                    fit.us(each.ranks(), each.bytes(), cores),
                    each.us(),
                    each.ranks() < largest ? "fitted" : "not fitted");
        }
        for (int ranks : PREDICTED) {
            for (int bytes : sizes) {
                System.out.printf(
                        Locale.ROOT,
                        "%6d ranks %10d bytes: model %10.1f us with a core for each rank%n",
                        ranks,
                        bytes,
                        fit.us(ranks, bytes, ranks));
            }
        }
    }

    private static ExchangeConfig config(String way, int bytes, String seal) {
        return new ExchangeConfig(
                        "benchmark",
                        1,
                        bytes,
                        way.equals("ipc"),
                        Deadlines.standard().withStep(Duration.ofSeconds(30)))
                .withSecret(seal.equals(SEALED) ? new FrameSecret(new byte[32]) : FrameSecret.NONE);
    }

    private long[] measure(Collectives collectives, int bytes) {
        UnsafeBuffer vector = new UnsafeBuffer(ByteBuffer.allocateDirect(bytes));
        int floats = bytes / Float.BYTES;
        int rounds = (int) Math.max(60, Math.min(5000, (computeMs > 0 ? 200_000_000L : 2_000_000_000L) / bytes));
        for (int i = 0; i < rounds; i++) {
            collectives.allReduce(vector, floats, i);
        }
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            compute();
            long startNs = System.nanoTime();
            collectives.allReduce(vector, floats, i);
            times.add(System.nanoTime() - startNs);
        }
        collectives.barrier(rounds);
        return times.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    private void compute() {
        long untilNs = System.nanoTime() + (long) (computeMs * 1e6);
        while (System.nanoTime() < untilNs) {
            Thread.onSpinWait();
        }
    }

    private static void print(String way, String seal, int world, int bytes, long[] ns) {
        double median = ns[ns.length / 2];
        System.out.printf(
                Locale.ROOT,
                "%-4s %-6s %6d %10d %7d %10.1f %10.1f %9.2f%n",
                way,
                seal,
                world,
                bytes,
                ns.length,
                median / 1e3,
                ns[(int) (ns.length * 0.99)] / 1e3,
                bytes / median);
    }
}
