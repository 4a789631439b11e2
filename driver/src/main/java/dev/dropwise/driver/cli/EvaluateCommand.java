package dev.dropwise.driver.cli;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.evaluation.Tally;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.job.ScoringJob;
import dev.dropwise.driver.run.RunDirectory;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dropwise evaluate}. */
@Command(
        name = "evaluate",
        description = "Measures a trained model on the test part of a data set, in eval mode.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {
    @Mixin
    private FinishedRun finished = new FinishedRun();

    @Mixin
    private DataOptions data = new DataOptions();

    @Override
    public Integer call() {
        Configuration hadoop = HadoopProperties.configuration();
        RunDirectory directory = finished.directory(hadoop);
        DataConfig config = data.config("0", 0, hadoop);
        // Fails here, where a person reads it, rather than in a task.
        int examples = DataSets.open(config, hadoop).size(Split.TEST);
        Tally tally = new ScoringJob(directory).evaluate(config);
        System.out.printf(Locale.ROOT, "model          %s%n", directory.modelPath());
        System.out.printf(Locale.ROOT, "data           %s, %d test examples%n", config.name(), examples);
        System.out.printf(Locale.ROOT, "test accuracy  %s%n", tally.accuracy());
        System.out.printf(Locale.ROOT, "test loss      %s%n", tally.loss());
        return ExitCode.DONE.status();
    }
}
