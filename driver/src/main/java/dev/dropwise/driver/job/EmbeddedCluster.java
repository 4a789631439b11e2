package dev.dropwise.driver.job;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A context whose workers live in this JVM, which therefore is the parent of their executors, and the last one that can end them: Spark
 * asks an executor to end, and would insist ten seconds later, when this JVM may be gone; one that is stopped heeds nothing less.
 */
final class EmbeddedCluster extends JavaSparkContext {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedCluster.class);
    private static final String EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend";
    private static final Duration END_BY_THEMSELVES_WITHIN = Duration.ofSeconds(2);

    EmbeddedCluster(SparkConf conf) {
        super(conf);
    }

    /** Stops the context, then waits up to 2 s for the executors and kills those that are left. */
    @Override
    public void close() {
        List<ProcessHandle> executors = executors();
        super.close();
        CompletableFuture<?>[] ends =
                executors.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ends).get(END_BY_THEMSELVES_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            killAll(executors);
        } catch (InterruptedException e) {
            killAll(executors);
            Thread.currentThread().interrupt();
        }
    }

    private static void killAll(List<ProcessHandle> executors) {
        executors.stream()
                .filter(ProcessHandle::destroyForcibly)
                .forEach(killed -> LOG.info("event=executor-killed pid={}", killed.pid()));
    }

    private static List<ProcessHandle> executors() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains(EXECUTOR))
                .toList();
    }
}
