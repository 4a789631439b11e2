package dev.dropwise.driver.cli;

import dev.dropwise.common.failure.DropwiseException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dropwise}: the entry point of spark-submit and of {@code deploy/bin/dropwise}. */
@Command(
        name = "dropwise",
        description = "Trains networks with dropout, data-parallel, on Apache Spark.",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TrainCommand.class,
            EvaluateCommand.class,
            PredictCommand.class,
            DataCommand.class,
            DoctorCommand.class,
            ReproduceCommand.class
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs one command and ends the JVM with its exit status. */
    public static void main(String[] arguments) {
        int status = run(arguments);
        // Spark's threads would keep a failed driver alive; zero ends by itself so that cluster managers see a clean
        // end.
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler(new Failures());
        line.setParameterExceptionHandler(new Misuse());
        CommandLine command =
                arguments.length == 0 ? null : line.getSubcommands().get(arguments[0]);
        if (command != null) {
            try {
                command.setDefaultValueProvider(SettingsFile.of(List.of(arguments), command.getCommandSpec()));
            } catch (DropwiseException e) {
                FailedBeforeStart.record(List.of(arguments), String.valueOf(e.getMessage()), e.exitCode());
                return new Failures().handleExecutionException(e, command, null);
            }
        }
        return line.execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a COMMAND is missing");
    }
}
