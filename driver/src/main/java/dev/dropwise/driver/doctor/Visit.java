package dev.dropwise.driver.doctor;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.diagnosis.Examination;
import dev.dropwise.worker.diagnosis.PairRounds;
import dev.dropwise.worker.diagnosis.RankFacts;
import dev.dropwise.worker.spark.DiagnosisJob;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaSparkContext;

/** The one job that looks at all ranks, with a deadline. */
final class Visit {
    private static final Duration HOSTS = Duration.ofMinutes(2);
    private static final Duration ROUND = Duration.ofSeconds(30);

    private final JavaSparkContext spark;
    private final int worldSize;

    Visit(JavaSparkContext spark, int worldSize) {
        this.spark = spark;
        this.worldSize = worldSize;
    }

    /**
     * What all ranks have found, in their order.
     *
     * @throws DropwiseException (unavailable) when Spark ends the job, or it does not end
     */
    List<RankFacts> facts(Examination examination) {
        Duration limit = HOSTS.plus(ROUND.multipliedBy(new PairRounds(worldSize).count()));
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread daemon = new Thread(task, "dropwise-doctor");
            daemon.setDaemon(true);
            return daemon;
        });
        try {
            return thread.submit(() -> DiagnosisJob.run(spark, worldSize, examination))
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            spark.sc().cancelAllJobs();
            throw DropwiseException.unavailable("not all of " + worldSize + " ranks have answered within "
                    + limit.toSeconds() + " s; the logs of the executors say what they wait for");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DropwiseException known) {
                throw known;
            }
            throw DropwiseException.unavailable("Spark has ended the job on " + worldSize + " ranks: "
                    + firstLine(e.getCause() == null ? e : e.getCause()) + "; the logs of the executors say more");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DropwiseException.retryable("the driver was interrupted while ranks were examined", e);
        } finally {
            thread.shutdownNow();
        }
    }

    private static String firstLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
    }
}
