package dev.dropwise.common.failure;

/** How a command ends, as in BSD's {@code sysexits.h}, so that schedulers can tell a bad option from a lost cluster. */
public enum ExitCode {
    /** The command did what it was asked to do. */
    DONE(0),
    /** An experiment was done, and its figures differ from the published ones by more than the tolerance. */
    DIFFERENT(3),
    /** The command line is not understood. */
    USAGE(64),
    /** A data file is not what its format says. */
    BAD_DATA(65),
    /** The cluster does not offer what the job needs. */
    UNAVAILABLE(69),
    /** A defect of Dropwise itself. */
    BUG(70),
    /** A file system refused to read or write. */
    IO(74),
    /** A passing fault outlasted the allowed attempts. */
    TRY_LATER(75),
    /** Options are understood, but cannot work together or here. */
    CONFIGURATION(78),
    /** Interrupted (SIGINT) after a checkpoint. */
    INTERRUPTED(130),
    /** Terminated (SIGTERM) after a checkpoint. */
    TERMINATED(143);

    private final int status;

    ExitCode(int status) {
        this.status = status;
    }

    /** The process exit status. */
    public int status() {
        return status;
    }
}
