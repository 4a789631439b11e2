package dev.dropwise.worker.spark;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.spark.RoundPost.RoundId;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;

/**
 * Rounds in which every rank of a barrier stage tells every other one something, over a board that the driver keeps. (Spark's own
 * {@code allGather} would do, but looks for the answer once a second.) A rank that fails to make its record says so in the round instead
 * of staying away, so that nobody waits for it. One per task; confined to its thread.
 */
final class Rendezvous {
    private static final long FIRST_LOOK_AFTER_MS = 4;
    // Bounds what many ranks ask of the driver while they wait for a slow one.
    private static final long LOOK_EVERY_MS = 64;

    private final BarrierTaskContext context;
    private final Duration deadline;
    private int rounds;

    /** Waits in each round as long as Spark's own barriers would: {@code spark.barrier.sync.timeout}. */
    Rendezvous(BarrierTaskContext context) {
        this(context, Duration.ofSeconds(SparkEnv.get().conf().getTimeAsSeconds("spark.barrier.sync.timeout", "60s")));
    }

    /**
     * Rounds of one task.
     *
     * @param deadline of a round, from this rank's post on
     */
    Rendezvous(BarrierTaskContext context, Duration deadline) {
        this.context = context;
        this.deadline = deadline;
    }

    /** What a rank says that cannot take part. */
    record Regret(int rank, String host, boolean retryable, ExitCode exitCode, String message) {}

    /**
     * One round: some milliseconds from when the last rank comes.
     *
     * @param type of the records
     * @param own makes this rank's record
     * @return the records of all ranks, by rank
     * @throws DropwiseException the failure of this or any other rank; retryable when ranks stay away until the deadline, when Spark
     *     interrupts the task, or when the driver cannot be reached
     */
    <T> List<T> round(Class<T> type, Callable<T> own) {
        Codec codec = new Codec(List.of(type, Regret.class, ExitCode.class));
        Object said = record(own);
        List<Object> records = gather(codec.encode(said)).stream()
                .map(bytes -> codec.decode(bytes, Object.class))
                .toList();
        records.stream().flatMap(Rendezvous::regrets).findFirst().ifPresent(Rendezvous::rethrow);
        return records.stream().map(type::cast).toList();
    }

    private List<byte[]> gather(byte[] own) {
        RoundId round = new RoundId(context.stageId(), context.stageAttemptNumber(), rounds++);
        RoundPost post = new RoundPost(round, context.partitionId(), context.numPartitions(), own);
        long startNs = System.nanoTime();
        long pauseMs = FIRST_LOOK_AFTER_MS;
        while (true) {
            byte[][] posted = PluginRegistry.post(post);
            if (Arrays.stream(posted).allMatch(Objects::nonNull)) {
                return List.of(posted);
            }
            if (System.nanoTime() - startNs > deadline.toNanos()) {
                throw DropwiseException.retryable(absent(posted), null);
            }
            pause(pauseMs, posted);
            pauseMs = Math.min(LOOK_EVERY_MS, 2 * pauseMs);
        }
    }

    private static String missing(byte[] @Nullable [] posted) {
        return IntStream.range(0, posted.length)
                .filter(rank -> posted[rank] == null)
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(", "));
    }

    private String absent(byte[] @Nullable [] posted) {
        return me() + " has waited " + deadline.toSeconds() + " s for rank(s) " + missing(posted)
                + " to meet: their tasks have started but have not come this far; their executors' logs say why"
                + " (a slow file system or machine needs a longer spark.barrier.sync.timeout)";
    }

    private void pause(long ms, byte[] @Nullable [] posted) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DropwiseException.retryable(
                    me() + ": interrupted by Spark while it waited for rank(s) " + missing(posted) + " to meet", e);
        }
    }

    private String me() {
        return "rank " + context.partitionId() + " (" + TaskHost.name() + ")";
    }

    private <T> Object record(Callable<T> own) {
        try {
            return own.call();
        } catch (DropwiseException e) {
            return regret(
                    e.category() == DropwiseException.Category.RETRYABLE, e.exitCode(), String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            // Errors too: a native library that does not load is one, and the others would wait for this rank.
            return regret(false, ExitCode.BUG, e.toString());
        }
    }

    private Regret regret(boolean retryable, ExitCode exitCode, String message) {
        return new Regret(context.partitionId(), TaskHost.name(), retryable, exitCode, message);
    }

    private static Stream<Regret> regrets(Object record) {
        return record instanceof Regret regret ? Stream.of(regret) : Stream.empty();
    }

    private static void rethrow(Regret regret) {
        throw new DropwiseException(
                regret.retryable() ? DropwiseException.Category.RETRYABLE : DropwiseException.Category.FATAL,
                regret.exitCode(),
                "rank " + regret.rank() + " (" + regret.host() + "): " + regret.message(),
                null);
    }
}
