package dev.dropwise.driver.cli;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leaves a {@code run.json} that says failed where a training job never came to have a configuration. */
final class FailedBeforeStart {
    private static final Logger LOG = LoggerFactory.getLogger(FailedBeforeStart.class);

    private FailedBeforeStart() {}

    /** Writes into the {@code --out} of a {@code train} command line, unless a run is there already. */
    static void record(List<String> arguments, String message, ExitCode exitCode) {
        // Where the run directory itself cannot be read nothing can be written, and asking again may take as long
        // again.
        boolean unreadable = exitCode == ExitCode.IO;
        if (!unreadable && !arguments.isEmpty() && arguments.get(0).equals("train")) {
            SettingsFile.valueOf(arguments, "--out").ifPresent(directory -> record(directory, message, exitCode));
        }
    }

    private static void record(String out, String message, ExitCode exitCode) {
        try {
            RunDirectory directory = new RunDirectory(out, HadoopProperties.configuration());
            if (directory.document().isEmpty()) {
                directory.create();
                directory.write(
                        RunDocument.starting(Map.of(), 0, Versions.all()).withFailure(message, exitCode.status()));
            }
        } catch (DropwiseException e) {
            // The command fails for a reason of its own, which is what the person must read.
            LOG.debug("run.json of a refused command could not be written", e);
        }
    }
}
