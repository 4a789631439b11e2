package dev.dropwise.driver.cli;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says what went wrong, in one line where it is known what it is, and ends with its exit status. */
final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine line, @Nullable ParseResult parsed) {
        if (e instanceof DropwiseException known) {
            line.getErr().println("dropwise: " + known.getMessage());
            return known.exitCode().status();
        }
        line.getErr().println("dropwise: this is a defect, please report it with what follows");
        e.printStackTrace(line.getErr());
        return ExitCode.BUG.status();
    }
}
