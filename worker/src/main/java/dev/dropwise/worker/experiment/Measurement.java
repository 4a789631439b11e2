package dev.dropwise.worker.experiment;

import java.io.Serializable;

/**
 * What a task measures: a function of its own fields alone, so that it repeats wherever it runs. It travels inside Spark's closure, its
 * result by {@link MeasurementCodec}.
 *
 * @param <T> its result, a record that the codec knows
 */
public interface Measurement<T> extends Serializable {
    /** Measures, on the thread that calls; the kernel class must have been settled. */
    T measure();
}
