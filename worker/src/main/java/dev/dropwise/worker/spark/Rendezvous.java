package dev.dropwise.worker.spark;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;

/**
 * Rounds in which every rank of a barrier stage tells every other one something, over Spark's own barrier. A rank that fails to make its
 * record says so in the round instead of staying away, so that nobody waits for it.
 */
final class Rendezvous {
    private final BarrierTaskContext context;

    Rendezvous(BarrierTaskContext context) {
        this.context = context;
    }

    /** What a rank says that cannot take part. */
    record Regret(int rank, String host, boolean retryable, ExitCode exitCode, String message) {}

    /**
     * One round; each takes about a second.
     *
     * @param type of the records
     * @param own makes this rank's record
     * @return the records of all ranks, by rank
     * @throws DropwiseException the failure of this or any other rank
     */
    <T> List<T> round(Class<T> type, Callable<T> own) {
        Codec codec = new Codec(List.of(type, Regret.class, ExitCode.class));
        Object said = record(own);
        String[] all = context.allGather(Base64.getEncoder().encodeToString(codec.encode(said)));
        List<Object> records = Arrays.stream(all)
                .map(text -> codec.decode(Base64.getDecoder().decode(text), Object.class))
                .toList();
        records.stream().flatMap(Rendezvous::regrets).findFirst().ifPresent(Rendezvous::rethrow);
        return records.stream().map(type::cast).toList();
    }

    private <T> Object record(Callable<T> own) {
        try {
            return own.call();
        } catch (DropwiseException e) {
            return regret(
                    e.category() == DropwiseException.Category.RETRYABLE, e.exitCode(), String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            // Errors too: a native library that does not load is one, and the others would wait for this rank for a
            // year.
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
