package dev.dropwise.driver.reproduce;

import dev.dropwise.common.failure.DropwiseException;
import java.util.function.UnaryOperator;

/**
 * An experiment as asked for.
 *
 * @param name of its recipe
 * @param quick whether less shall be done
 * @param out directory of the results, any Hadoop path
 * @param workers ranks that train
 * @param dataDirectory where a published data set is, given the set's name; asked only when a recipe reads it
 */
public record ReproduceRequest(
        String name, boolean quick, String out, int workers, UnaryOperator<String> dataDirectory) {
    public ReproduceRequest {
        if (workers < 1) {
            throw DropwiseException.configuration("workers must be at least 1, found " + workers);
        }
    }

    /** Where {@code set} is: a path that means the same in every process. */
    String directoryOf(String set) {
        return dataDirectory.apply(set);
    }
}
