package dev.dropwise.driver.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code run.json}: what a run was asked, where it ran and how it ended. Parts appear as they become known.
 *
 * @param status how the run stands
 * @param error why it failed; absent otherwise
 * @param exitCode the process exit status, since some cluster managers swallow it; absent while running
 * @param config the full effective configuration, by option name
 * @param seed root of all random streams
 * @param versions of Dropwise, Spark, Deeplearning4j, Aeron and Java
 * @param kernelClass agreed by the ranks
 * @param data what was trained on
 * @param spark where
 * @param workers of the last attempt, by rank
 * @param model what was trained
 * @param attempts how many barrier jobs were started
 * @param result of a run that succeeded
 * @param warnings what a person should know of the run though it went on, in the order in which it turned up
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunDocument(
        Status status,
        @Nullable String error,
        @Nullable Integer exitCode,
        Map<String, String> config,
        long seed,
        Map<String, String> versions,
        @Nullable String kernelClass,
        @Nullable Data data,
        @Nullable Spark spark,
        List<Worker> workers,
        @Nullable Model model,
        int attempts,
        @Nullable Result result,
        List<String> warnings) {
    public RunDocument {
        // Jackson hands over null for a part that a file lacks.
        Objects.requireNonNull(status, "status is missing");
        Objects.requireNonNull(config, "config is missing");
        Objects.requireNonNull(versions, "versions is missing");
        Objects.requireNonNull(workers, "workers is missing");
        warnings = List.copyOf(Objects.requireNonNullElse(warnings, List.of()));
    }

    /** A run that is about to start. */
    public static RunDocument starting(Map<String, String> config, long seed, Map<String, String> versions) {
        return new RunDocument(
                Status.running,
                null,
                null,
                config,
                seed,
                versions,
                null,
                null,
                null,
                List.of(),
                null,
                0,
                null,
                List.of());
    }

    /** Another barrier job starts. */
    public RunDocument withAttempt(int attempt, String agreedKernelClass) {
        return with(draft -> {
            draft.kernelClass = agreedKernelClass;
            draft.attempts = attempt;
        });
    }

    /** Where the run runs and what it reads is known. */
    public RunDocument withPlace(Spark place, Data read) {
        return with(draft -> {
            draft.data = read;
            draft.spark = place;
        });
    }

    /** The workers of an attempt have met. */
    public RunDocument withWorkers(List<Worker> met, Model trained) {
        return with(draft -> {
            draft.workers = met;
            draft.model = trained;
        });
    }

    /** The mask audit has passed; {@code digests} holds each worker's, by rank. */
    public RunDocument withMaskDigests(List<List<String>> digests) {
        List<Worker> audited = workers.stream()
                .map(worker -> worker.withMaskDigests(digests.get(worker.rank())))
                .toList();
        return with(draft -> draft.workers = audited);
    }

    /** Something turned up that a person should know; once is enough. */
    public RunDocument withWarning(String text) {
        return with(draft -> draft.warnings =
                Stream.concat(warnings.stream(), Stream.of(text)).distinct().toList());
    }

    /** The run is done. */
    public RunDocument withResult(Result found) {
        return with(draft -> {
            draft.status = Status.succeeded;
            draft.error = null;
            draft.exitCode = 0;
            draft.result = found;
        });
    }

    /** The run has failed. */
    public RunDocument withFailure(String cause, int exitStatus) {
        return with(draft -> {
            draft.status = Status.failed;
            draft.error = cause;
            draft.exitCode = exitStatus;
        });
    }

    private RunDocument with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.done(this);
    }

    /** The parts that change while a run goes on. */
    private static final class Draft {
        private Status status;
        private @Nullable String error;
        private @Nullable Integer exitCode;
        private @Nullable String kernelClass;
        private @Nullable Data data;
        private @Nullable Spark spark;
        private List<Worker> workers;
        private @Nullable Model model;
        private int attempts;
        private @Nullable Result result;
        private List<String> warnings;

        Draft(RunDocument from) {
            status = from.status;
            error = from.error;
            exitCode = from.exitCode;
            kernelClass = from.kernelClass;
            data = from.data;
            spark = from.spark;
            workers = from.workers;
            model = from.model;
            attempts = from.attempts;
            result = from.result;
            warnings = from.warnings;
        }

        RunDocument done(RunDocument from) {
            return new RunDocument(
                    status,
                    error,
                    exitCode,
                    from.config,
                    from.seed,
                    from.versions,
                    kernelClass,
                    data,
                    spark,
                    workers,
                    model,
                    attempts,
                    result,
                    warnings);
        }
    }

    /** How a run stands. */
    public enum Status {
        running,
        succeeded,
        failed
    }

    /** Counts are examples. */
    public record Data(String name, int train, int validation, int test, String fingerprint) {}

    /** Where the run runs. */
    public record Spark(String applicationId, String master) {}

    /** One worker; {@code maskDigests} has one digest for each of its shards once the audit has passed. */
    public record Worker(int rank, String host, long pid, List<Integer> shards, List<String> maskDigests) {
        Worker withMaskDigests(List<String> digests) {
            return new Worker(rank, host, pid, shards, digests);
        }
    }

    /** What was trained. */
    public record Model(String name, long parameters) {}

    /** How good it is and how fast it was trained. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Result(
            double testAccuracy,
            double testLoss,
            @Nullable Double validationAccuracy,
            int bestEpoch,
            double samplesPerSecond,
            double wallSeconds) {}
}
