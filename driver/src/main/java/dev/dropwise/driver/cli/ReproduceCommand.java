package dev.dropwise.driver.cli;

import dev.dropwise.driver.job.Interruption;
import dev.dropwise.driver.reproduce.Audience;
import dev.dropwise.driver.reproduce.Extent;
import dev.dropwise.driver.reproduce.ReproduceRequest;
import dev.dropwise.driver.reproduce.ReproduceSession;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dropwise reproduce}. */
@Command(
        name = "reproduce",
        description =
                "Runs a published experiment on the cluster and prints the published figures beside ours; ends with 0 only when"
                        + " ours lie within the stated tolerance, with 3 when they do not.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ReproduceCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "NAME",
            completionCandidates = Names.class,
            description = "which: ${COMPLETION-CANDIDATES}")
    private String name = "";

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    private Part part = new Part();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description =
                    "where results.json, picture.svg and the runs go, any Hadoop path; without results of an earlier time")
    private String out = "";

    @Option(
            names = "--workers",
            defaultValue = "2",
            paramLabel = "N",
            description =
                    "ranks that train, one Spark task each: 1, 2 or 4 give equal results; srivastava2014-mnist has two shards,"
                            + " for 1 or 2 (default: ${DEFAULT-VALUE})")
    private int workers;

    @Option(
            names = "--data-dir",
            defaultValue = "",
            paramLabel = "DIR",
            description =
                    "where the data set's files are: a local, hdfs:// or s3a:// path (default: $DROPWISE_DATA/SET)")
    private String dataDirectory = "";

    /** What is done, where it is not all of it; one of them at most. */
    private static final class Part {
        @Option(
                names = "--quick",
                description = "do less: fewer seeds and settings, or for a limited time; the table says what")
        private boolean quick;

        @Option(
                names = "--resume",
                description =
                        "go on with the experiment in --out: trainings that are done are taken over, the one that was cut off goes on"
                                + " from its last checkpoint")
        private boolean resume;

        Extent extent() {
            if (quick) {
                return Extent.QUICK;
            }
            return resume ? Extent.REST : Extent.FULL;
        }
    }

    /** Names of all experiments, for the help. */
    private static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return ReproduceSession.names().iterator();
        }
    }

    @Override
    public Integer call() {
        Configuration hadoop = HadoopProperties.configuration();
        Interruption interruption = new Interruption("what was trained is kept");
        Signals.bind(interruption);
        ReproduceRequest request =
                new ReproduceRequest(name, part.extent(), out, workers, set -> directoryOf(set, hadoop));
        Audience audience = new Audience(System.err::println, System.out::println, interruption);
        return new ReproduceSession(request, hadoop, Versions.all())
                .run(audience)
                .status();
    }

    private String directoryOf(String set, Configuration hadoop) {
        DataOptions options = new DataOptions();
        options.data = set;
        options.directory = dataDirectory;
        return options.config("0", 0, hadoop).directory();
    }
}
