package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.worker.spark.HostProbe;
import dev.dropwise.worker.spark.HostProbe.HostFacts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;

/** Agrees with the cluster on a kernel class, and sends its native code to executors that lack it: that of no other class. */
public final class NativeBuilds {
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(60);

    private final JavaSparkContext spark;
    private final Interruption interruption;
    private final Set<String> shipped = new HashSet<>();

    /**
     * @param interruption ends the wait for what executors answer
     */
    public NativeBuilds(JavaSparkContext spark, Interruption interruption) {
        this.spark = spark;
        this.interruption = interruption;
    }

    /**
     * Asks all {@code slots} and agrees on the weakest class that any of them reports.
     *
     * @param wished the user's own choice, or {@code auto}
     * @throws DropwiseException (retryable) when they have not answered after a minute
     */
    public KernelClass agree(int slots, String wished) {
        List<HostFacts> hosts = new WatchedJob(interruption, spark.sc()::cancelAllJobs)
                .run("asking " + slots + " slots for their CPUs", ANSWERED_WITHIN, () -> HostProbe.ask(spark, slots));
        KernelClass agreed = wished.equals("auto")
                ? KernelClass.weakest(hosts.stream()
                        .map(host -> KernelClass.parse(host.kernelClass()))
                        .toList())
                : KernelClass.parse(wished);
        String build = agreed.build().label();
        if (hosts.stream().anyMatch(host -> !host.builds().contains(build))) {
            ship(agreed);
        }
        return agreed;
    }

    private void ship(KernelClass agreed) {
        NativeJars jars = NativeJars.besideApplication()
                .orElseThrow(
                        () -> DropwiseException.configuration("executors lack the native code of kernel class " + agreed
                                + ", and there is no application jar with native jars beside it to ship them from; run from"
                                + " deploy/target/dropwise/dropwise.jar"));
        for (Path jar : jars.needed(agreed.build().classifier())) {
            if (shipped.add(jar.toString())) {
                spark.addJar(jar.toUri().toString());
            }
        }
    }
}
