package dev.dropwise.driver.cli;

import dev.dropwise.common.data.fetch.DataFetch;
import dev.dropwise.common.data.fetch.FetchTimeouts;
import dev.dropwise.common.data.fetch.Fetched;
import dev.dropwise.common.data.fetch.Publication;
import dev.dropwise.common.failure.ExitCode;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dropwise data}. */
@Command(name = "data", description = "Handles data sets.", mixinStandardHelpOptions = true)
final class DataCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "a COMMAND is missing: dropwise data fetch mnist|cifar10 --data-dir DIR");
    }

    /** {@code dropwise data fetch}. */
    @Command(
            name = "fetch",
            description = "Downloads a published data set, checks it, and goes on where an earlier download stopped.",
            mixinStandardHelpOptions = true)
    int fetch(
            @Parameters(paramLabel = "SET", description = "mnist | cifar10") String set,
            @Option(names = "--data-dir", required = true, paramLabel = "DIR", description = "a local directory")
                    Path directory) {
        DataFetch fetch =
                new DataFetch(Publication.of(set), directory, FetchTimeouts.standard(), new DownloadLines(System.err));
        for (Fetched file : fetch.run()) {
            System.out.println(file.name() + (file.downloadedBytes() == 0 ? " was there" : " fetched") + " in "
                    + file.directory());
        }
        return ExitCode.DONE.status();
    }
}
