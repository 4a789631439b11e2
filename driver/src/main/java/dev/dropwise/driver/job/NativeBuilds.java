package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.worker.spark.HostProbe;
import dev.dropwise.worker.spark.HostProbe.HostFacts;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;

/** Agrees with the cluster on a kernel class, and sends its native code to executors that lack it: that of no other class. */
public final class NativeBuilds {
    private final JavaSparkContext spark;
    private final Set<String> shipped = new HashSet<>();

    public NativeBuilds(JavaSparkContext spark) {
        this.spark = spark;
    }

    /**
     * Asks all {@code slots} and agrees on the weakest class that any of them reports.
     *
     * @param wished the user's own choice, or {@code auto}
     */
    public KernelClass agree(int slots, String wished) {
        List<HostFacts> hosts = HostProbe.ask(spark, slots);
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
