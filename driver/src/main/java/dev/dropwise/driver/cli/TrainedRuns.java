package dev.dropwise.driver.cli;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.worker.scoring.TrainedRun;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Reads back what a run was trained with: the options in its {@code run.json} are parsed as they were when they were typed. */
final class TrainedRuns {
    private TrainedRuns() {}

    /**
     * The run in {@code directory}.
     *
     * @throws DropwiseException (bad data) when {@code run.json} does not tell
     */
    static TrainedRun of(RunDirectory directory, Configuration hadoop) {
        RunDocument document = directory.document().orElseThrow(() -> unreadable(directory, "no run.json"));
        int epoch = Optional.ofNullable(document.result())
                .map(RunDocument.Result::bestEpoch)
                .orElseThrow(() -> unreadable(directory, "no result"));
        TrainOptions options = new TrainOptions();
        try {
            new CommandLine(options).parseArgs(arguments(options, document.config()));
        } catch (ParameterException e) {
            throw unreadable(directory, String.valueOf(e.getMessage()));
        }
        // Shards are in the options, so the number of workers decides nothing here.
        return new TrainedRun(directory.path(), options.config(1, hadoop), epoch);
    }

    private static String[] arguments(TrainOptions options, Map<String, String> values) {
        List<OptionSpec> known = new CommandLine(options).getCommandSpec().options();
        return known.stream()
                .map(OptionSpec::longestName)
                .filter(name -> values.containsKey(name.substring(2)))
                .map(name -> name + "=" + values.get(name.substring(2)))
                .toArray(String[]::new);
    }

    private static DropwiseException unreadable(RunDirectory directory, String found) {
        return DropwiseException.badData("--run " + directory.path()
                + ": expected the options and the result of a training run in run.json, found " + found
                + "; --monte-carlo needs both");
    }
}
