package dev.dropwise.driver.cli;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.job.JobListener;
import dev.dropwise.worker.progress.RunEvent;

/** Shows a job's progress. */
final class ConsoleListener implements JobListener {
    @Override
    public void on(RunEvent event) {
        System.err.println(event);
    }

    @Override
    public void attemptFailed(int attempt, int of, DropwiseException cause, boolean again) {
        System.err.println("attempt " + attempt + " of " + of + " failed: " + cause.getMessage());
    }
}
