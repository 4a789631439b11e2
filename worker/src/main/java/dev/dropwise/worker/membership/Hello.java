package dev.dropwise.worker.membership;

/**
 * What a rank tells all others in the first round of a rendezvous: who it is, and evidence from which each rank works
 * out with whom it shares memory.
 *
 * @param rank from 0
 * @param host the address under which other ranks reach this one; an IP address or a name
 * @param pid of the rank's JVM, for messages to people
 * @param token random text; equals the content of {@code tokenFile} for those who share this rank's /dev/shm
 * @param tokenFile path of the token file; empty when this rank must not share memory
 * @param chunkFile path of the file in which this rank lays its chunk for those who share its memory; empty when there is none
 * @param driverDirectory where this rank would run a media driver, were it the lowest of those who share its memory
 * @param termBytes the longest term buffer that this rank has room for: all ranks use the least
 */
public record Hello(
        int rank,
        String host,
        long pid,
        String token,
        String tokenFile,
        String chunkFile,
        String driverDirectory,
        int termBytes) {}
