package dev.dropwise.driver.cli;

import dev.dropwise.common.data.ImageFile;
import dev.dropwise.common.evaluation.MonteCarlo;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.common.storage.WholeFile;
import dev.dropwise.driver.job.ScoringJob;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.worker.scoring.TrainedRun;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dropwise predict}. */
@Command(
        name = "predict",
        description = "Predicts the class of every image in a file.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PredictCommand implements Callable<Integer> {
    @Mixin
    private FinishedRun finished = new FinishedRun();

    @Option(
            names = "--input",
            required = true,
            paramLabel = "PATH",
            description = "IDX file of images or CIFAR-10 batch, gzipped or not; any Hadoop path")
    private String input = "";

    @Option(
            names = "--output",
            required = true,
            paramLabel = "PATH",
            description =
                    "CSV file: index, predicted class, probability of each class; with --monte-carlo also the variance of"
                            + " each, predictive entropy and mutual information in nats; any Hadoop path")
    private String output = "";

    @Mixin
    private MonteCarloOptions monteCarlo = new MonteCarloOptions();

    @Override
    public Integer call() {
        Configuration hadoop = HadoopProperties.configuration();
        RunDirectory directory = finished.directory(hadoop);
        String images = HadoopProperties.qualified(input, hadoop);
        int count = ImageFile.open(images, hadoop).count();
        Optional<MonteCarlo> request = monteCarlo.request(directory);
        String csv = request.isPresent()
                ? uncertain(directory, images, request.get(), hadoop)
                : PredictionTable.csv(new ScoringJob(directory).predict(images));
        Path target = new Path(HadoopProperties.qualified(output, hadoop));
        new WholeFile(target, hadoop).replace(csv.getBytes(StandardCharsets.UTF_8));
        System.out.println(count + " predictions in " + target);
        return ExitCode.DONE.status();
    }

    private static String uncertain(RunDirectory directory, String images, MonteCarlo request, Configuration hadoop) {
        TrainedRun run = TrainedRuns.of(directory, hadoop).requireDropout();
        return UncertaintyTable.csv(new ScoringJob(directory).predict(images, run, request));
    }
}
