package dev.dropwise.worker.diagnosis;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.util.concurrent.Callable;

/**
 * What one look at a host has found. What goes wrong is an answer as well, so that it travels whole and the other looks still happen.
 *
 * @param <T> a type that {@link DiagnosisCodec} carries
 */
public sealed interface Answer<T> {
    /** The look succeeded. */
    record Found<T>(T value) implements Answer<T> {}

    /**
     * The look failed.
     *
     * @param message what happened, and what to do
     * @param exitCode that a job would have ended with
     */
    record Problem<T>(String message, ExitCode exitCode) implements Answer<T> {}

    /** Looks; whatever that throws becomes the answer. */
    static <T> Answer<T> of(Callable<T> look) {
        try {
            return new Found<>(look.call());
        } catch (DropwiseException e) {
            return new Problem<>(String.valueOf(e.getMessage()), e.exitCode());
        } catch (Throwable e) {
            // Errors too: a native library that does not load is one.
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return new Problem<>(e.toString(), ExitCode.BUG);
        }
    }
}
