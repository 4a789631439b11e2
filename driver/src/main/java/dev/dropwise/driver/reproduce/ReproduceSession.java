package dev.dropwise.driver.reproduce;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.driver.job.NativeBuilds;
import dev.dropwise.driver.job.Slots;
import dev.dropwise.driver.job.SparkContexts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A published experiment from its name to the verdict: refuses what cannot work before a cluster is asked for anything, runs the recipe
 * in one Spark context, and leaves {@code results.json}, {@code picture.svg} and the runs of whatever was trained. For one thread.
 */
public final class ReproduceSession {
    private final ReproduceRequest request;
    private final Recipe recipe;
    private final Configuration hadoop;
    private final Map<String, String> versions;

    /**
     * @param versions of the software, for each {@code run.json}
     * @throws DropwiseException (configuration) when there is no experiment of that name
     */
    public ReproduceSession(ReproduceRequest request, Configuration hadoop, Map<String, String> versions) {
        this(request, Recipes.named(request.name()), hadoop, versions);
    }

    ReproduceSession(ReproduceRequest request, Recipe recipe, Configuration hadoop, Map<String, String> versions) {
        this.request = request;
        this.recipe = recipe;
        this.hadoop = hadoop;
        this.versions = Map.copyOf(versions);
    }

    /** Names of all experiments. */
    public static List<String> names() {
        return Recipes.names();
    }

    /**
     * Does the experiment.
     *
     * @return {@link ExitCode#DONE} when every figure lies within its tolerance, {@link ExitCode#DIFFERENT} when not
     * @throws DropwiseException when it cannot be done
     */
    public ExitCode run(Audience audience) {
        ResultsDirectory directory = new ResultsDirectory(request.out(), hadoop);
        directory.claim(request.resumes());
        recipe.data().ifPresent(this::requireData);
        try (JavaSparkContext spark = SparkContexts.start("dropwise reproduce " + recipe.name())) {
            return run(spark, directory, audience);
        } catch (DropwiseException e) {
            throw e.exitCode() == ExitCode.INTERRUPTED || e.exitCode() == ExitCode.TERMINATED ? stopped(e) : e;
        }
    }

    /** With advice on the experiment, where its training says how to go on with a training. */
    private DropwiseException stopped(DropwiseException e) {
        return new DropwiseException(
                e.category(),
                e.exitCode(),
                recipe.name() + " was " + (e.exitCode() == ExitCode.INTERRUPTED ? "interrupted" : "terminated")
                        + " before its last figure: " + request.out()
                        + " holds what was trained so far; "
                        + (request.quick()
                                ? "run it again with another --out"
                                : "go on with the same command and --resume"),
                e);
    }

    /** Fails here, where a person reads it, rather than in a task. */
    private void requireData(String set) {
        DataSets.open(new DataConfig(set, request.directoryOf(set), new Holdout(0, 0), 0), hadoop);
    }

    private ExitCode run(JavaSparkContext spark, ResultsDirectory directory, Audience audience) {
        long startNs = System.nanoTime();
        int slots = new Slots(spark.sc(), audience.interruption()).await(request.workers());
        if (slots < request.workers()) {
            throw DropwiseException.unavailable(
                    "the experiment needs " + request.workers() + " slots at once (--workers), but " + spark.master()
                            + " offers " + slots + "; start more workers or cores there, or lower --workers");
        }
        KernelClass kernelClass = new NativeBuilds(spark, audience.interruption()).agree(slots, "auto");
        Trainer trainer = new Trainer(
                spark,
                directory,
                new Trainer.Setting(request.workers(), request.resumes(), versions, hadoop),
                audience);
        Findings findings = recipe.run(new Lab(spark, kernelClass, request, trainer, audience));
        ResultsJson.Place place = new ResultsJson.Place(
                spark.sc().applicationId(),
                spark.master(),
                kernelClass.toString(),
                request.workers(),
                (System.nanoTime() - startNs) / 1e9);
        return conclude(findings, place, audience.table());
    }

    /** Leaves the results and says them; the verdict is the exit code. */
    ExitCode conclude(Findings findings, ResultsJson.Place place, Consumer<String> table) {
        ResultsDirectory directory = new ResultsDirectory(request.out(), hadoop);
        directory.write(
                "picture.svg", new ResultsPicture(recipe, findings).svg().getBytes(StandardCharsets.UTF_8));
        // Last, because where it is, the experiment is done.
        directory.write(ResultsDirectory.RESULTS, new ResultsJson().bytes(recipe, request.quick(), findings, place));
        new ResultsTable(recipe, findings).lines().forEach(table);
        return findings.agree() ? ExitCode.DONE : ExitCode.DIFFERENT;
    }
}
