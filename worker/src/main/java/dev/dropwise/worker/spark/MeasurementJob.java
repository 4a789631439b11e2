package dev.dropwise.worker.spark;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.common.kernel.KernelSettings;
import dev.dropwise.worker.experiment.Measurement;
import dev.dropwise.worker.experiment.MeasurementCodec;
import dev.dropwise.worker.progress.RunEvent;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/** Measures on the executors, one task a measurement. A task that fails says so by returning, as ranks do. */
public final class MeasurementJob {
    private final JavaSparkContext spark;
    private final KernelClass kernelClass;

    /**
     * @param kernelClass that every task computes with
     */
    public MeasurementJob(JavaSparkContext spark, KernelClass kernelClass) {
        this.spark = spark;
        this.kernelClass = kernelClass;
    }

    /**
     * Measures all of {@code measurements}.
     *
     * @return results in their order
     * @throws DropwiseException as the first task that failed said it
     */
    public <T> List<T> run(List<? extends Measurement<T>> measurements, Class<T> type) {
        Task task = new Task(kernelClass.toString(), List.copyOf(measurements));
        List<Integer> indices = IntStream.range(0, measurements.size()).boxed().toList();
        return spark.parallelize(indices, indices.size()).map(task::run).collect().stream()
                .map(bytes -> result(bytes, type))
                .toList();
    }

    private static <T> T result(byte[] bytes, Class<T> type) {
        Object outcome = new MeasurementCodec().decode(bytes);
        if (outcome instanceof RunEvent.Failed failed) {
            throw new DropwiseException(failed.category(), failed.exitCode(), failed.message(), null);
        }
        return type.cast(outcome);
    }

    /** One task, as Spark ships it. */
    private record Task(String kernelClass, List<? extends Measurement<?>> measurements) implements Serializable {
        byte[] run(int index) {
            MeasurementCodec codec = new MeasurementCodec();
            try {
                KernelSettings.settle(KernelClass.parse(kernelClass));
                return codec.encode(measurements.get(index).measure());
            } catch (DropwiseException e) {
                return codec.encode(new RunEvent.Failed(
                        1, index, TaskHost.name(), e.category(), e.exitCode(), String.valueOf(e.getMessage())));
            }
        }
    }
}
