package dev.dropwise.driver.reproduce;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What an earlier process has left in the run directory of a training. */
final class EarlierTraining {
    /** Options that the result of a training does not depend on. */
    private static final Set<String> MAY_DIFFER = Set.of("out", "data-dir", "workers");

    private final RunDirectory directory;

    EarlierTraining(RunDirectory directory) {
        this.directory = directory;
    }

    /**
     * What was trained to the end; empty where nothing was.
     *
     * @param expected options by which it is to have been trained
     * @throws DropwiseException (configuration) when it was trained with others
     */
    Optional<Trained> finished(Map<String, String> expected) {
        Optional<RunDocument> document =
                directory.document().filter(earlier -> earlier.status() == RunDocument.Status.succeeded);
        document.ifPresent(earlier -> requireSame(earlier.config(), expected));
        return document.map(earlier -> new Trained(
                directory.metrics(), Objects.requireNonNull(earlier.result()).testAccuracy()));
    }

    private void requireSame(Map<String, String> found, Map<String, String> expected) {
        expected.forEach((option, value) -> {
            if (!MAY_DIFFER.contains(option) && !value.equals(found.get(option))) {
                throw DropwiseException.configuration(directory.path() + " was trained with --" + option + " "
                        + found.get(option) + ", but the experiment expects " + value
                        + "; choose another --out to begin it anew");
            }
        });
    }
}
