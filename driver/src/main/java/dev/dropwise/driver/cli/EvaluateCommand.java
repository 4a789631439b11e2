package dev.dropwise.driver.cli;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.evaluation.MonteCarlo;
import dev.dropwise.common.evaluation.Tally;
import dev.dropwise.common.evaluation.UncertaintyTally;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.job.ScoringJob;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.worker.scoring.TrainedRun;
import java.util.Locale;
import java.util.Optional;
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

    @Mixin
    private MonteCarloOptions monteCarlo = new MonteCarloOptions();

    @Override
    public Integer call() {
        Configuration hadoop = HadoopProperties.configuration();
        RunDirectory directory = finished.directory(hadoop);
        DataConfig config = data.config("0", 0, hadoop);
        // Fails here, where a person reads it, rather than in a task.
        int examples = DataSets.open(config, hadoop).size(Split.TEST);
        Optional<MonteCarlo> request = monteCarlo.request(directory);
        if (request.isPresent()) {
            TrainedRun run = TrainedRuns.of(directory, hadoop).requireDropout();
            UncertaintyTally tally = new ScoringJob(directory).evaluate(config, run, request.get());
            line("model", directory.path() + "/checkpoints, epoch " + run.epoch());
            print(config, examples, tally.deterministic());
            line("monte carlo", request.get().toString());
            line("predictive accuracy", Double.toString(tally.predictive().accuracy()));
            line("predictive loss", Double.toString(tally.predictive().loss()));
            line("predictive entropy", tally.entropy() + " nats");
            line("mutual information", tally.mutualInformation() + " nats");
        } else {
            Tally tally = new ScoringJob(directory).evaluate(config);
            line("model", directory.modelPath());
            print(config, examples, tally);
        }
        return ExitCode.DONE.status();
    }

    private static void print(DataConfig config, int examples, Tally tally) {
        line("data", config.name() + ", " + examples + " test examples");
        line("test accuracy", Double.toString(tally.accuracy()));
        line("test loss", Double.toString(tally.loss()));
    }

    private static void line(String name, String value) {
        System.out.printf(Locale.ROOT, "%-20s %s%n", name, value);
    }
}
