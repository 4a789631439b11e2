package dev.dropwise.driver.cli;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;

/** The run whose model a command uses. */
final class FinishedRun {
    @Option(
            names = "--run",
            required = true,
            paramLabel = "DIR",
            description = "run directory of a finished training run")
    String run = "";

    /** Its directory, if it holds a model to use. */
    RunDirectory directory(Configuration hadoop) {
        RunDirectory directory = new RunDirectory(run, hadoop);
        Optional<RunDocument> document = directory.document();
        if (document.isEmpty()) {
            throw DropwiseException.badData("--run " + directory.path()
                    + ": expected the run directory of a training run, found no run.json; check the path");
        }
        if (document.get().status() != RunDocument.Status.succeeded) {
            throw DropwiseException.badData(
                    "--run " + directory.path() + ": expected a run that succeeded, found one that is "
                            + document.get().status() + "; finish it by train --out " + run + " --resume");
        }
        return directory;
    }
}
