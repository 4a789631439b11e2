package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A short Spark job that cannot keep the driver: Spark waits two minutes for an executor that is stopped or cut off, and for ever for a slot that never
 * gets free. Runs it on a thread of its own, and on the caller's asks for a deadline and whether to end.
 */
final class WatchedJob {
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final Interruption interruption;
    private final Runnable cancel;

    /**
     * @param interruption ends the wait
     * @param cancel ends the job that is waited for
     */
    WatchedJob(Interruption interruption, Runnable cancel) {
        this.interruption = interruption;
        this.cancel = cancel;
    }

    /**
     * Runs {@code job}.
     *
     * @param what it does, for messages
     * @throws DropwiseException what the job throws; retryable after {@code limit}; fatal when the driver is asked to end
     */
    <T> T run(String what, Duration limit, Callable<T> job) {
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread own = new Thread(task, "dropwise-job");
            own.setDaemon(true);
            return own;
        });
        long deadlineNs = System.nanoTime() + limit.toNanos();
        Future<T> running = thread.submit(job);
        thread.shutdown();
        try {
            while (true) {
                interruption.check("while " + what);
                try {
                    return running.get(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (System.nanoTime() - deadlineNs >= 0) {
                        throw DropwiseException.retryable(
                                what + " took more than " + limit.toSeconds()
                                        + " s: an executor is stopped, cut off or busy; see the executors in the Spark UI",
                                e);
                    }
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException own ? own : DropwiseException.bug(what + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DropwiseException.retryable("the driver was interrupted while " + what, e);
        } finally {
            if (!running.isDone()) {
                cancel.run();
            }
        }
    }
}
