package dev.dropwise.common.failure;

import org.jspecify.annotations.Nullable;

/**
 * A failure with a category that decides who acts and an exit code that tells a scheduler; the text is for people only
 * and says who failed, doing what, what was expected and found, and what to do next.
 */
public class DropwiseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Category category;
    private final ExitCode exitCode;

    /** Who acts on a failure. */
    public enum Category {
        /** A new attempt from the last checkpoint can succeed: a lost peer, a passing I/O fault. */
        RETRYABLE,
        /** The same input fails again: bad data, bad configuration, a defect. */
        FATAL
    }

    public DropwiseException(Category category, ExitCode exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.category = category;
        this.exitCode = exitCode;
    }

    /** A data file breaks its format; the message names file, expected and found. */
    public static DropwiseException badData(String message) {
        return new DropwiseException(Category.FATAL, ExitCode.BAD_DATA, message, null);
    }

    /** Options that cannot work; the message names option, value and remedy. */
    public static DropwiseException configuration(String message) {
        return new DropwiseException(Category.FATAL, ExitCode.CONFIGURATION, message, null);
    }

    /** A file system refused; the message names the path and the remedy. */
    public static DropwiseException io(String message, @Nullable Throwable cause) {
        return new DropwiseException(Category.FATAL, ExitCode.IO, message, cause);
    }

    /** The cluster does not offer what the job needs. */
    public static DropwiseException unavailable(String message) {
        return new DropwiseException(Category.FATAL, ExitCode.UNAVAILABLE, message, null);
    }

    /** A defect of Dropwise: what happened, and what it was caused by. */
    public static DropwiseException bug(String message, @Nullable Throwable cause) {
        return new DropwiseException(
                Category.FATAL, ExitCode.BUG, message + ": " + cause + "; please report it with the log", cause);
    }

    /** A fault that a new attempt can outlive. */
    public static DropwiseException retryable(String message, @Nullable Throwable cause) {
        return new DropwiseException(Category.RETRYABLE, ExitCode.TRY_LATER, message, cause);
    }

    public Category category() {
        return category;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
