package dev.dropwise.worker.training;

import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.PeerRecord;
import dev.dropwise.worker.membership.Roster;
import dev.dropwise.worker.transport.Faults;
import dev.dropwise.worker.transport.FrameSecret;
import dev.dropwise.worker.transport.LoopbackNetwork;
import dev.dropwise.worker.transport.RunTag;
import dev.dropwise.worker.transport.Sealing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/** Ranks as threads of this JVM, connected by a loopback network. */
public final class RankThreads {
    private static final int FRAME_BYTES = 60_000;
    private static final Duration STEP_DEADLINE = Duration.ofSeconds(40);
    private static final int PATIENCE_SECONDS = 100;

    /** What one rank does, on its own thread. */
    public interface Body<T> {
        T run(Collectives collectives) throws Exception;
    }

    /** How a rank ended: with a value or with an error. */
    public record Ended<T>(Optional<T> value, Optional<Throwable> error) {
        public T orThrow() {
            error.ifPresent(e -> {
                throw new AssertionError("a rank failed: " + e.getMessage(), e);
            });
            return value.orElseThrow();
        }

        public Throwable failure() {
            return error.orElseThrow(() -> new AssertionError("expected a failure, found " + value));
        }
    }

    private RankThreads() {}

    /** Runs {@code body} on {@code worldSize} ranks and waits for all of them; ends are in the order of ranks. */
    public static <T> List<Ended<T>> run(int worldSize, Body<T> body) {
        return run(worldSize, FrameSecret.NONE, body);
    }

    /** As {@link #run}, with frames that {@code secret} seals. */
    static <T> List<Ended<T>> run(int worldSize, FrameSecret secret, Body<T> body) {
        Sealing sealing = new Sealing(RunTag.of("training-test", 1, "nonce"), secret);
        LoopbackNetwork network = new LoopbackNetwork(worldSize, FRAME_BYTES, Faults.none());
        List<PeerRecord> peers = IntStream.range(0, worldSize)
                .mapToObj(rank -> new PeerRecord(rank, "host" + rank, 100 + rank, rank, ""))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(worldSize);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int each = 0; each < worldSize; each++) {
                Roster roster = new Roster(each, peers);
                futures.add(threads.submit(() -> runRank(network, roster, sealing, body)));
            }
            return futures.stream().map(RankThreads::end).toList();
        } finally {
            threads.shutdownNow();
        }
    }

    /** As {@link #run}, where all ranks must end well. */
    public static <T> List<T> all(int worldSize, Body<T> body) {
        return run(worldSize, body).stream().map(Ended::orThrow).toList();
    }

    private static <T> T runRank(LoopbackNetwork network, Roster roster, Sealing sealing, Body<T> body)
            throws Exception {
        Deadlines deadlines = Deadlines.standard().withStep(STEP_DEADLINE);
        try (Collectives collectives = new Collectives(
                network.transport(roster.rank()), network.chunks(roster.rank()), roster, sealing, deadlines)) {
            return body.run(collectives);
        }
    }

    private static <T> Ended<T> end(Future<T> rank) {
        try {
            return new Ended<>(Optional.of(rank.get(PATIENCE_SECONDS, TimeUnit.SECONDS)), Optional.empty());
        } catch (ExecutionException e) {
            return new Ended<>(Optional.empty(), Optional.ofNullable(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (TimeoutException e) {
            throw new AssertionError("a rank has not ended within " + PATIENCE_SECONDS + " s", e);
        }
    }
}
