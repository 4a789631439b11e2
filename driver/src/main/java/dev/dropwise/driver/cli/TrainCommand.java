package dev.dropwise.driver.cli;

import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.console.Console;
import dev.dropwise.driver.console.Screen;
import dev.dropwise.driver.job.Interruption;
import dev.dropwise.driver.job.JobWatch;
import dev.dropwise.driver.job.SealMode;
import dev.dropwise.driver.job.TrainRequest;
import dev.dropwise.driver.job.TrainSession;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dropwise train}. */
@Command(
        name = "train",
        description = "Trains a network on the cluster and leaves a run directory with the model behind.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class TrainCommand implements Callable<Integer> {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private TrainOptions options = new TrainOptions();

    @Option(
            names = "--workers",
            defaultValue = "2",
            paramLabel = "N",
            description = "ranks that train, one Spark task each (default: ${DEFAULT-VALUE})")
    private int workers;

    @Option(
            names = "--min-workers",
            paramLabel = "M",
            description = "go on with as few as M workers when some are lost (default: as many as workers)")
    private @Nullable Integer minWorkers;

    @Option(
            names = "--max-attempts",
            defaultValue = "4",
            paramLabel = "N",
            description =
                    "barrier jobs, each from the last checkpoint, before the run fails (default: ${DEFAULT-VALUE})")
    private int maxAttempts;

    @Option(
            names = "--kernel-class",
            defaultValue = "auto",
            paramLabel = "CLASS",
            description = "native kernels, such as onednn-avx2/Haswell/1 (default: the strongest that all hosts have)")
    private String kernelClass = "";

    @Option(
            names = "--seal",
            defaultValue = "auto",
            paramLabel = "WHEN",
            description = "auto | on | off: encrypt and authenticate what workers send one another; auto does when"
                    + " spark.authenticate or spark.network.crypto.enabled is set (default: ${DEFAULT-VALUE})")
    private String seal = "";

    @Option(
            names = "--trace",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            paramLabel = "true|false",
            description = "record what each rank does when, for trace.json in --out: open it in Perfetto or"
                    + " chrome://tracing (default: ${DEFAULT-VALUE})")
    private boolean trace;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "run directory, any Hadoop path that driver and executors reach (default: runs/DATE-TIME)")
    private @Nullable String out;

    @Option(
            names = "--resume",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            paramLabel = "true|false",
            description = "go on from the last checkpoint in --out; its options are the defaults")
    private boolean resume;

    @Option(names = "--config", paramLabel = "FILE", description = "YAML with option names as keys; typed options win")
    @SuppressWarnings("UnusedVariable") // Read by SettingsFile before the other options.
    private @Nullable String configFile;

    @Override
    public Integer call() {
        if (resume && out == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--resume needs --out DIR, the run directory to go on with; each run names its own when it ends");
        }
        Configuration hadoop = HadoopProperties.configuration();
        String directory = out == null
                ? RunDirectory.fresh(
                        "runs", LocalDateTime.now(ZoneId.systemDefault()).format(STAMP), hadoop)
                : out;
        TrainSession session = new TrainSession(directory, hadoop, Versions.all());
        Interruption interruption =
                new Interruption("completed epochs are kept: go on with train --resume --out " + directory);
        Signals.bind(interruption);
        TrainRequest request;
        try {
            request = request(directory, hadoop);
        } catch (DropwiseException e) {
            session.refused(e);
            throw e;
        }
        request.config().warnings().forEach(TrainCommand::warn);
        if (resume && session.directory().isEmpty()) {
            warn(directory + " holds no run to go on with: training begins anew");
        }
        Screen screen = Screen.of(System.err, System.out, atTerminal(), System.getenv());
        Console console = new Console(screen, request.config().schedule().epochs(), System::nanoTime);
        RunDocument document = session.run(request, new JobWatch(new ConsoleListener(console), interruption));
        console.finished(document, session.directory().path());
        return ExitCode.DONE.status();
    }

    private static void warn(String warning) {
        System.err.println("warning: " + warning);
    }

    @SuppressWarnings("SystemConsoleNull") // Spark 4.1 runs on JDK 17 and 21 only, where null says that nobody watches.
    private static boolean atTerminal() {
        return System.console() != null;
    }

    private TrainRequest request(String directory, Configuration hadoop) {
        TrainConfig config = options.config(workers, hadoop);
        Map<String, String> effective = effective();
        effective.put("out", directory);
        effective.put("shards", Integer.toString(config.schedule().shards()));
        effective.put("min-workers", Integer.toString(minWorkers == null ? workers : minWorkers));
        effective.put("data-dir", config.data().directory());
        return new TrainRequest(
                config,
                workers,
                minWorkers == null ? workers : minWorkers,
                maxAttempts,
                kernelClass,
                SealMode.parse(seal),
                resume,
                trace,
                effective);
    }

    private Map<String, String> effective() {
        Map<String, String> effective = new TreeMap<>();
        for (OptionSpec option : spec.options()) {
            Object value = option.getValue();
            boolean asks = option.usageHelp()
                    || option.versionHelp()
                    || option.longestName().equals("--config")
                    || option.longestName().equals("--resume");
            if (value != null && !asks) {
                effective.put(option.longestName().substring(2), value.toString());
            }
        }
        return effective;
    }
}
