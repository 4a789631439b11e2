package dev.dropwise.worker.spark;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.kernel.CpuFeatures;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.common.kernel.KernelSettings;
import dev.dropwise.common.kernel.NativeBuild;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/** Asks every slot of a cluster, before any ND4J class loads there, what its CPU can execute and which native builds it has. */
public final class HostProbe {
    private static final Codec CODEC = new Codec(List.of(HostFacts.class));

    private HostProbe() {}

    /**
     * What one slot answers.
     *
     * @param host as Spark names it
     * @param pid of the executor
     * @param kernelClass the one this JVM has settled, or else the strongest that its CPU executes
     * @param builds labels of the native builds on its class path
     */
    public record HostFacts(String host, long pid, String kernelClass, List<String> builds) {}

    /** Asks {@code slots} slots at once. */
    public static List<HostFacts> ask(JavaSparkContext spark, int slots) {
        return answers(spark, slots).stream()
                .map(bytes -> CODEC.decode(bytes, HostFacts.class))
                .toList();
    }

    private static List<byte[]> answers(JavaSparkContext spark, int slots) {
        try {
            return BarrierJob.run(spark, slots, HostProbe::answer);
        } catch (Exception e) {
            // Spark throws checked exceptions out of Scala, which Java cannot name. An executor that dies meanwhile is
            // no defect.
            throw DropwiseException.retryable("asking " + slots + " slots for their CPUs failed: " + e.getMessage(), e);
        }
    }

    private static byte[] answer(BarrierTaskContext context) {
        KernelClass kernelClass =
                KernelSettings.settled().orElseGet(() -> KernelClass.strongestOf(CpuFeatures.detect()));
        List<String> builds = Arrays.stream(NativeBuild.values())
                .filter(KernelSettings::isOnClassPath)
                .map(NativeBuild::label)
                .toList();
        return CODEC.encode(
                new HostFacts(TaskHost.name(), ProcessHandle.current().pid(), kernelClass.toString(), builds));
    }
}
