package dev.dropwise.common.checkpoint;

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
        byte[] report) {}
