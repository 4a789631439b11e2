package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.spark.RankPlugin;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;

/** Starts Spark contexts that have what a barrier job needs, so that a plain spark-submit needs no flags. */
public final class SparkContexts {
    private static final String OPENS = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";

    // A job is young when it matters: compiled at the default thresholds, code of Spark and ND4J that runs once in a
    // while
    // takes a core away from training for its first ten seconds. Loops that matter are hot enough for these as well.
    private static final String COMPILE_LATER =
            "-XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=5000 -XX:Tier4CompileThreshold=40000";

    private static final String CLASS_ARCHIVE = "-XX:SharedArchiveFile=";

    private SparkContexts() {}

    /**
     * Starts a context from the properties that spark-submit has set.
     *
     * @throws DropwiseException when no master is named or the cluster cannot be reached
     */
    public static JavaSparkContext start(String applicationName) {
        return start(conf(new SparkConf(), applicationName));
    }

    /** Starts a context from {@code conf}. */
    static JavaSparkContext start(SparkConf conf) {
        if (!conf.contains("spark.master")) {
            throw DropwiseException.configuration(
                    "no Spark master is named: run by deploy/bin/dropwise, or by spark-submit --master spark://...|k8s://...|yarn|local[N]");
        }
        try {
            return conf.get("spark.master").startsWith("local-cluster")
                    ? new EmbeddedCluster(conf)
                    : new JavaSparkContext(conf);
        } catch (Exception e) {
            // Spark throws checked SparkExceptions out of Scala constructors, which Java cannot name in a catch clause.
            if (e instanceof SparkException || e instanceof RuntimeException) {
                throw DropwiseException.unavailable("Spark at " + conf.get("spark.master") + " cannot be reached: "
                        + e.getMessage() + "; check the master's address and that it runs Spark 4.1");
            }
            throw e;
        }
    }

    /** Adds what Dropwise needs to {@code conf}; what the user has set stays. */
    static SparkConf conf(SparkConf conf, String applicationName) {
        conf.setIfMissing("spark.app.name", applicationName);
        // What the user has set comes after it and wins.
        String ours = Stream.concat(
                        Stream.of(COMPILE_LATER),
                        classArchive(ManagementFactory.getRuntimeMXBean().getInputArguments()).stream())
                .collect(Collectors.joining(" "));
        conf.set(
                "spark.executor.extraJavaOptions",
                (ours + " " + conf.get("spark.executor.extraJavaOptions", "")).strip());
        append(conf, "spark.executor.extraJavaOptions", OPENS, " ");
        append(conf, "spark.plugins", RankPlugin.class.getName(), ",");
        // One compute thread per rank: OpenMP reads it before any Java code of ours runs.
        conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", "1");
        // One rank per JVM unless the user wants otherwise.
        conf.setIfMissing("spark.executor.cores", "1");
        // Barrier stages and dynamic allocation exclude each other.
        conf.set("spark.dynamicAllocation.enabled", "false");
        // The default of 15 s between two looks at the slots is most of a job's start.
        conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s");
        conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "5");
        conf.setIfMissing("spark.locality.wait", "0s");
        // A rank waits for others at most this long in a rendezvous; afterwards the exchange has its own deadlines.
        conf.setIfMissing("spark.barrier.sync.timeout", "60");
        // Else a driver that is done waits two minutes for a host that is cut off to forget the job's broadcasts.
        conf.setIfMissing("spark.cleaner.referenceTracking.blocking", "false");
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        // Each driver of a host looks for a port of its own for its user interface, from 4040 on: 17 of them would by
        // default, and the next one fail.
        conf.setIfMissing("spark.port.maxRetries", "200");
        if (conf.get("spark.master", "").startsWith("local-cluster")) {
            // Each embedded cluster counts its own applications, in directories that all share.
            conf.setIfMissing(
                    "spark.deploy.appIdPattern",
                    "app-%s-%04d-" + ProcessHandle.current().pid());
        }
        return conf;
    }

    /**
     * The option by which this JVM was told of an archive of parsed classes: executors of the same Spark have the same class path. A JVM
     * that finds no archive there, or one of other jars, starts without.
     *
     * @param jvmOptions of this JVM
     */
    static Optional<String> classArchive(List<String> jvmOptions) {
        return jvmOptions.stream()
                .filter(option -> option.startsWith(CLASS_ARCHIVE))
                // Spark splits these options at white space, but not within quotes.
                .filter(option -> option.indexOf('"') < 0 && option.indexOf('\\') < 0)
                .map(option -> option.indexOf(' ') < 0 ? option : '"' + option + '"')
                .findFirst();
    }

    private static void append(SparkConf conf, String key, String value, String separator) {
        String before = conf.get(key, "");
        if (!before.contains(value)) {
            conf.set(key, before.isEmpty() ? value : before + separator + value);
        }
    }
}
