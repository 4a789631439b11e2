package dev.dropwise.worker.collectives;

import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.PeerRecord;
import dev.dropwise.worker.membership.Roster;
import dev.dropwise.worker.transport.LoopbackNetwork;
import dev.dropwise.worker.transport.RunTag;
import dev.dropwise.worker.transport.Sealing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Runs ranks as threads of this JVM, over a loopback network or over Aeron, and collects how each of them ended. */
final class Ranks {
    static final RunTag TAG = RunTag.of("test", 1, "nonce");

    private static final int PATIENCE_SECONDS = 60;

    /** What one rank does. */
    interface Body<T> {
        T run(int rank, Collectives collectives) throws Exception;
    }

    /** Opens a rank's collectives. */
    interface Opening {
        Collectives open(int rank) throws Exception;
    }

    /** How a rank ended: with a value or with an error. */
    record Outcome<T>(Optional<T> value, Optional<Throwable> error) {
        T orThrow() {
            error.ifPresent(e -> {
                throw new AssertionError("a rank failed", e);
            });
            return value.orElseThrow();
        }

        Throwable failure() {
            return error.orElseThrow(() -> new AssertionError("expected a failure, found " + value));
        }
    }

    private Ranks() {}

    /** Over {@code network}; collectives are closed at the end. */
    static <T> List<Outcome<T>> loopback(int worldSize, LoopbackNetwork network, Deadlines deadlines, Body<T> body) {
        return loopback(worldSize, network, Sealing.unkeyed(TAG), deadlines, body);
    }

    /** As {@link #loopback}, with frames sealed by {@code sealing}. */
    static <T> List<Outcome<T>> loopback(
            int worldSize, LoopbackNetwork network, Sealing sealing, Deadlines deadlines, Body<T> body) {
        List<PeerRecord> records = IntStream.range(0, worldSize)
                .mapToObj(rank -> new PeerRecord(rank, "host" + rank, 100 + rank, rank, ""))
                .toList();
        return all(
                worldSize,
                rank -> new Collectives(
                        network.transport(rank), network.chunks(rank), new Roster(rank, records), sealing, deadlines),
                body);
    }

    /** Over Aeron; afterwards no driver's directory, no token and no chunk may be left. */
    static <T> List<Outcome<T>> aeron(int worldSize, ExchangeConfig config, Body<T> body) {
        return aeron(worldSize, rank -> config, body);
    }

    /** Over Aeron, with a configuration for each rank. */
    static <T> List<Outcome<T>> aeron(int worldSize, IntFunction<ExchangeConfig> configs, Body<T> body) {
        CyclicBarrier barrier = new CyclicBarrier(worldSize);
        List<Hello> hellos = new ArrayList<>(Collections.nCopies(worldSize, new Hello(0, "", 0, "", "", "", "", 0)));
        List<PeerRecord> records = new ArrayList<>(Collections.nCopies(worldSize, new PeerRecord(0, "", 0, 0, "")));
        List<Outcome<T>> outcomes = all(
                worldSize,
                rank -> {
                    try (ExchangeOpening opening =
                            ExchangeOpening.begin(configs.apply(rank), rank, worldSize, "127.0.0.1")) {
                        hellos.set(rank, opening.hello());
                        barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                        records.set(rank, opening.listen(List.copyOf(hellos)));
                        barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                        return opening.connect(List.copyOf(records));
                    }
                },
                body);
        for (Hello each : hellos) {
            requireGone(each.tokenFile());
            requireGone(each.chunkFile());
            requireGone(each.driverDirectory());
        }
        return outcomes;
    }

    private static void requireGone(String path) {
        if (!path.isEmpty() && Files.exists(Path.of(path))) {
            throw new AssertionError("left behind: " + path);
        }
    }

    private static <T> List<Outcome<T>> all(int worldSize, Opening opening, Body<T> body) {
        ExecutorService threads = Executors.newFixedThreadPool(worldSize);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int each = 0; each < worldSize; each++) {
                int rank = each;
                futures.add(threads.submit(() -> {
                    try (Collectives collectives = opening.open(rank)) {
                        return body.run(rank, collectives);
                    }
                }));
            }
            return futures.stream().map(Ranks::outcome).toList();
        } finally {
            threads.shutdownNow();
        }
    }

    private static <T> Outcome<T> outcome(Future<T> future) {
        try {
            return new Outcome<>(Optional.of(future.get(PATIENCE_SECONDS, TimeUnit.SECONDS)), Optional.empty());
        } catch (java.util.concurrent.ExecutionException e) {
            return new Outcome<>(Optional.empty(), Optional.ofNullable(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError("a rank has not ended within " + PATIENCE_SECONDS + " s", e);
        }
    }
}
