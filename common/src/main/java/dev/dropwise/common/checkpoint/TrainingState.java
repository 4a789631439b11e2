package dev.dropwise.common.checkpoint;

import dev.dropwise.common.failure.DropwiseException;

/**
 * Everything that decides how training goes on: bit-equal states continue bit-equally on one kernel class.
 *
 * @param position where training stands
 * @param configDigest digest of the configuration that the state belongs to
 * @param kernelClass kernel class that computed it
 * @param parameters of the network, in Deeplearning4j's flattened order, batch-norm statistics included
 * @param updaterState moments of the updater, flattened; empty for plain SGD
 * @param report what there is to tell of the epoch, as its writer encodes it: should nobody have heard of it before all
 *     processes died, it is told by whoever goes on; at most 1 MB
 */
@SuppressWarnings("ArrayRecordComponent") // Megabytes: copied once into the network, never compared or hashed.
public record TrainingState(
        Position position,
        String configDigest,
        String kernelClass,
        float[] parameters,
        float[] updaterState,
        byte[] report) {
    /**
     * Refuses to be where a run starts that asks for something else.
     *
     * @param wantedDigest of that run's configuration
     * @param epochs that it is to have in all
     * @throws DropwiseException (configuration) naming both values that differ
     */
    public void requireStartOf(String wantedDigest, int epochs) {
        if (!configDigest.equals(wantedDigest)) {
            throw DropwiseException.configuration(
                    "the checkpoint of epoch " + position.epoch()
                            + " belongs to another configuration: expected digest " + wantedDigest + ", found "
                            + configDigest
                            + "; resume with the options in run.json (only --epochs and --early-stopping may change), or choose another --out");
        }
        if (position.epoch() > epochs) {
            throw DropwiseException.configuration("the run has " + position.epoch() + " epochs already, and --epochs "
                    + epochs + " asks for fewer: what is trained stays; resume with --epochs " + position.epoch()
                    + " or more, or train " + epochs + " epochs in another --out");
        }
    }
}
