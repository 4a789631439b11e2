package dev.dropwise.driver.cli;

import dev.dropwise.common.evaluation.MonteCarlo;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a command asks for Monte Carlo dropout. */
final class MonteCarloOptions {
    @Option(
            names = "--monte-carlo",
            paramLabel = "T",
            description = "T forward passes with dropout on: their mean predicts, their spread says how sure that is"
                    + " (default: one pass without dropout)")
    @Nullable
    Integer passes;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "of the masks of --monte-carlo (default: the seed of the run)")
    @Nullable
    Long seed;

    /** What is asked for, if anything. */
    Optional<MonteCarlo> request(RunDirectory directory) {
        if (passes == null) {
            if (seed != null) {
                throw DropwiseException.configuration("--seed " + seed
                        + " decides the masks of --monte-carlo, found no --monte-carlo; add one, or leave --seed out");
            }
            return Optional.empty();
        }
        long ofRun = directory.document().map(RunDocument::seed).orElse(0L);
        return Optional.of(new MonteCarlo(passes, seed == null ? ofRun : seed));
    }
}
