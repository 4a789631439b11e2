package dev.dropwise.worker.diagnosis;

import java.util.List;

/**
 * All that one rank has found.
 *
 * @param rank from 0
 * @param host as Spark names it
 * @param pid of the executor
 * @param machine its JVM and hardware
 * @param storage what it reaches
 * @param links to the other ranks, one each
 */
public record RankFacts(
        int rank, String host, long pid, MachineFacts machine, StorageFacts storage, List<LinkFacts> links) {
    public RankFacts {
        links = List.copyOf(links);
    }

    /**
     * A rank's JVM and hardware.
     *
     * @param jdk version of its Java
     * @param spark version of its Spark
     * @param strongestKernels the strongest kernel class that its CPU executes
     * @param products how fast it multiplies matrices, on one thread
     * @param memory room for the exchange
     * @param socketBytes that a UDP socket gets when it asks for what the exchange wants
     */
    public record MachineFacts(
            String jdk,
            String spark,
            Answer<String> strongestKernels,
            Answer<ProductSpeed> products,
            Answer<SharedMemoryRoom> memory,
            Answer<Integer> socketBytes) {}

    /**
     * What a rank reaches.
     *
     * @param data the data set, described
     * @param output where the run directory would be
     */
    public record StorageFacts(Answer<String> data, Answer<String> output) {}

    /**
     * How a rank reaches another one.
     *
     * @param peer the other rank
     * @param peerHost as the other rank names it; empty when it said nothing
     * @param endpoint {@code host:port} where the other one listens; empty when memory is shared or it does not listen
     * @param speed of the way there
     */
    public record LinkFacts(int peer, String peerHost, String endpoint, Answer<LinkSpeed> speed) {}

    /**
     * The speed of the way from one rank to another.
     *
     * @param transport {@code aeron:ipc} or {@code aeron:udp}
     * @param roundTripUs there and back, median, in microseconds
     * @param bytesPerSecond one way, median
     */
    public record LinkSpeed(String transport, double roundTripUs, double bytesPerSecond) {}
}
