package dev.dropwise.worker.membership;

/**
 * What a rank tells all others in the second round of a rendezvous: where it can be reached.
 *
 * @param rank from 0
 * @param host the address under which other ranks reach this one
 * @param pid of the rank's JVM, for messages to people
 * @param driverRank the rank that hosts the media driver this one uses; ranks with the same one share memory
 * @param endpoint {@code host:port} of this rank's UDP endpoint with the port resolved; empty when all ranks share
 *     memory with this one
 */
public record PeerRecord(int rank, String host, long pid, int driverRank, String endpoint) {
    /** How messages name this rank: {@code rank 2 (10.0.0.7 pid 123)}. */
    public String describe() {
        return "rank " + rank + " (" + host + " pid " + pid + ")";
    }
}
