package dev.dropwise.worker.spark;

import java.io.Serializable;

/**
 * What a rank brings to a round, on its way to the driver; Java serialisation is what Spark's RPC speaks.
 *
 * @param round which one it is
 * @param rank who posts, from 0
 * @param worldSize how many ranks the round has
 * @param record the rank's own, encoded
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes in transit: never compared.
record RoundPost(RoundId round, int rank, int worldSize, byte[] record) implements Serializable {
    /**
     * A round of one attempt at one barrier stage: Spark never uses the pair again in the life of a context, so nothing of an earlier
     * attempt is ever read in a later one.
     *
     * @param number from 0, in the order in which every rank goes through them
     */
    record RoundId(int stage, int stageAttempt, int number) implements Serializable {}
}
