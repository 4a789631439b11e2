package dev.dropwise.driver.cli;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.console.Console;
import dev.dropwise.driver.job.JobListener;
import dev.dropwise.worker.progress.RunEvent;

/**
 * Shows a job to whoever watches the command.
 *
 * @param console what they look at
 */
record ConsoleListener(Console console) implements JobListener {
    @Override
    public void alreadyDone() {
        console.alreadyDone();
    }

    @Override
    public void on(RunEvent event) {
        console.on(event);
    }

    @Override
    public void attemptFailed(int attempt, int of, DropwiseException cause, boolean again) {
        console.attemptFailed(attempt, again ? of : attempt, String.valueOf(cause.getMessage()));
    }
}
