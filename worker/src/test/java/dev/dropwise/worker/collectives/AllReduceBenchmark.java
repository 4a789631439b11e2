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
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Times the all-reduce alone between two JVMs of this machine, over shared memory and UDP, from 4 KB to 64 MB, back to
 * back and with computing between rounds, with frames in clear or sealed. Prints a table; starts its peer itself and always ends it.
 *
 * <pre>
 *   java --add-opens java.base/jdk.internal.misc=ALL-UNNAMED -cp CLASSPATH \
 *       dev.dropwise.worker.collectives.AllReduceBenchmark [ipc|udp|both] [compute milliseconds] [bytes,bytes,...] \
 *       [clear|sealed|both]
 * </pre>
 */
public final class AllReduceBenchmark {
    private static final int WORLD_SIZE = 2;
    private static final String PEER = "peer";
    private static final String CLEAR = "clear";
    private static final String SEALED = "sealed";
    private static final List<Integer> SIZES = List.of(4 << 10, 64 << 10, 1_600_000, 12_000_000, 64 << 20);

    private final String transport;
    private final double computeMs;
    private final List<Integer> sizes;
    private final String sealing;

    private AllReduceBenchmark(String transport, double computeMs, List<Integer> sizes, String sealing) {
        this.transport = transport;
        this.computeMs = computeMs;
        this.sizes = sizes;
        this.sealing = sealing;
    }

    /** Runs the benchmark, or its peer. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        JvmAccess.ensure();
        List<String> words = List.of(arguments);
        boolean peer = !words.isEmpty() && words.get(0).equals(PEER);
        List<String> options = peer ? words.subList(2, words.size()) : words;
        AllReduceBenchmark benchmark = new AllReduceBenchmark(
                options.isEmpty() ? "both" : options.get(0),
                options.size() < 2 ? 0 : Double.parseDouble(options.get(1)),
                options.size() < 3
                        ? SIZES
                        : Arrays.stream(options.get(2).split(",", -1))
                                .map(Integer::valueOf)
                                .toList(),
                options.size() < 4 ? CLEAR : options.get(3));
        if (peer) {
            PeerProcess.endWithParent();
            benchmark.run(1, Path.of(words.get(1)));
        } else {
            benchmark.runWithPeer();
        }
    }

    private void runWithPeer() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("dropwise-benchmark");
        List<String> arguments = List.of(
                PEER,
                directory.toString(),
                transport,
                Double.toString(computeMs),
                String.join(",", sizes.stream().map(String::valueOf).toList()),
                sealing);
        System.out.printf(
                Locale.ROOT,
                "%-4s %-6s %10s %7s %10s %10s %9s%n",
                "",
                "",
                "bytes",
                "rounds",
                "p50 us",
                "p99 us",
                "GB/s p50");
        try (PeerProcess peer = PeerProcess.start(AllReduceBenchmark.class, PeerProcess.openModules(), arguments)) {
            run(0, directory);
            peer.await(10);
        } finally {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path each : files.toList()) {
                    Files.delete(each);
                }
            }
            Files.delete(directory);
        }
    }

    private void run(int rank, Path directory) {
        for (String way : transport.equals("both") ? List.of("ipc", "udp") : List.of(transport)) {
            for (int bytes : sizes) {
                for (String seal : sealing.equals("both") ? List.of(CLEAR, SEALED) : List.of(sealing)) {
                    ExchangeConfig config = config(way, bytes, seal);
                    try (Collectives collectives =
                            new FileRendezvous(directory, WORLD_SIZE).open(config, rank, way + seal + bytes)) {
                        long[] ns = measure(collectives, bytes);
                        if (rank == 0) {
                            print(way, seal, bytes, ns);
                        }
                    }
                }
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

    private static void print(String way, String seal, int bytes, long[] ns) {
        double median = ns[ns.length / 2];
        System.out.printf(
                Locale.ROOT,
                "%-4s %-6s %10d %7d %10.1f %10.1f %9.2f%n",
                way,
                seal,
                bytes,
                ns.length,
                median / 1e3,
                ns[(int) (ns.length * 0.99)] / 1e3,
                bytes / median);
    }
}
