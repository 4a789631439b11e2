package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.training.TrainingOrder;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A training job: waits for slots, then starts one attempt after the other, each a barrier job from the last checkpoint, until one
 * succeeds, one fails for good, or the attempts are used up. For one thread.
 */
final class TrainingJob {
    private final JavaSparkContext spark;
    private final TrainRequest request;
    private final RunDirectory directory;
    private final RunLog log;
    private final JobListener listener;
    private final Interruption interruption;
    private final Slots slots;
    private final NativeBuilds natives;
    private final String runId = UUID.randomUUID().toString();

    /**
     * @param log keeps the run directory up to date
     * @param watch told of everything, and asked whether to end, on the calling thread
     */
    TrainingJob(JavaSparkContext spark, TrainRequest request, RunDirectory directory, RunLog log, JobWatch watch) {
        this.spark = spark;
        this.request = request;
        this.directory = directory;
        this.log = log;
        this.listener = watch.listener();
        this.interruption = watch.interruption();
        this.slots = new Slots(spark.sc(), interruption);
        this.natives = new NativeBuilds(spark, interruption);
    }

    /**
     * Runs to the end.
     *
     * @return {@code run.json} of the finished run
     * @throws DropwiseException when the run fails; the run log knows it already
     */
    RunDocument run() {
        if (request.resume()) {
            log.resume(directory.metrics());
        }
        for (int attempt = 1; ; attempt++) {
            AttemptResult result = attempt(attempt);
            if (result instanceof AttemptResult.Succeeded succeeded) {
                log.succeeded(succeeded.result());
                return log.document();
            }
            DropwiseException cause = ((AttemptResult.Failed) result).cause();
            if (!isTriedAgain(attempt, cause)) {
                throw cause;
            }
        }
    }

    private boolean isTriedAgain(int attempt, DropwiseException cause) {
        return cause.category() == DropwiseException.Category.RETRYABLE && attempt < request.maxAttempts();
    }

    private AttemptResult named(int attempt, AttemptResult result) {
        if (result instanceof AttemptResult.Failed failed) {
            DropwiseException cause = failed.cause();
            listener.attemptFailed(attempt, request.maxAttempts(), cause, isTriedAgain(attempt, cause));
        }
        return result;
    }

    private AttemptResult attempt(int attempt) {
        int found = slots.await(request.workers());
        int worldSize = request.worldSize(found);
        if (worldSize == 0) {
            throw tooFew(found);
        }
        KernelClass kernelClass;
        try {
            kernelClass = natives.agree(found, request.kernelClass());
        } catch (DropwiseException e) {
            return named(attempt, new AttemptResult.Failed(e));
        }
        log.attempt(attempt, kernelClass.toString());
        TrainingOrder order = new TrainingOrder(
                runId,
                attempt,
                request.config(),
                kernelClass.toString(),
                directory.path(),
                request.resume() || attempt > 1,
                request.seal().secret(spark.getConf()),
                request.trace());
        try (Attempt running = new Attempt(spark, order, interruption)) {
            // Named before closing, which takes its time with tasks that hang.
            AttemptResult result = named(attempt, running.run(worldSize, this::on));
            TrainSession.orWarn("there is no trace.json", () -> log.traced(running.timelines()));
            return result;
        }
    }

    private void on(RunEvent event) {
        log.on(event);
        listener.on(event);
    }

    private DropwiseException tooFew(int found) {
        return DropwiseException.unavailable("the job needs " + request.minWorkers() + " slots at once (--workers "
                + request.workers() + ", --min-workers " + request.minWorkers() + "), but " + spark.master()
                + " offers " + found
                + "; start more workers or cores there, or lower --workers");
    }
}
