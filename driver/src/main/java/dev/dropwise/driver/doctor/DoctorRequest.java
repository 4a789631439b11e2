package dev.dropwise.driver.doctor;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.failure.DropwiseException;
import java.util.function.Supplier;

/**
 * The job that shall be possible.
 *
 * @param workers ranks to train on
 * @param data says which data set, or throws why it cannot
 * @param out run directory, there or not
 */
public record DoctorRequest(int workers, Supplier<DataConfig> data, String out) {
    public DoctorRequest {
        if (workers < 1) {
            throw DropwiseException.configuration("workers must be at least 1: workers=" + workers);
        }
    }
}
