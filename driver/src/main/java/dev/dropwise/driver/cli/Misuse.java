package dev.dropwise.driver.cli;

import dev.dropwise.common.failure.ExitCode;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Answers a command line that is not understood; a run directory named on it learns of the failure, too. */
final class Misuse implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine line = e.getCommandLine();
        String message = e.getMessage() + suggestion(e);
        line.getErr().println("dropwise: " + message);
        line.getErr().println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        FailedBeforeStart.record(List.of(arguments), message, ExitCode.USAGE);
        return ExitCode.USAGE.status();
    }

    private static String suggestion(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            return "; nearest: " + String.join(", ", unmatched.getSuggestions());
        }
        return "";
    }
}
