package dev.dropwise.driver.reproduce;

import dev.dropwise.common.failure.DropwiseException;
import java.util.function.UnaryOperator;

/**
 * An experiment as asked for.
 *
 * @param name of its recipe
 * @param extent how much of it shall be done
 * @param out directory of the results, any Hadoop path
 * @param workers ranks that train
 * @param dataDirectory where a published data set is, given the set's name; asked only when a recipe reads it
 */
public record ReproduceRequest(
        String name, Extent extent, String out, int workers, UnaryOperator<String> dataDirectory) {
    public ReproduceRequest {
        if (workers < 1) {
            throw DropwiseException.configuration("workers must be at least 1, found " + workers);
        }
    }

    /** Whether less shall be done. */
    boolean quick() {
        return extent == Extent.QUICK;
    }

    /** Whether it shall go on with what is there. */
    boolean resumes() {
        return extent == Extent.REST;
    }

    /** Where {@code set} is: a path that means the same in every process. */
    String directoryOf(String set) {
        return dataDirectory.apply(set);
    }
}
