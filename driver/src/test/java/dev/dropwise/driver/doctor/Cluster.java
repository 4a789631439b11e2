package dev.dropwise.driver.doctor;

import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.diagnosis.Answer;
import dev.dropwise.worker.diagnosis.ProductSpeed;
import dev.dropwise.worker.diagnosis.RankFacts;
import dev.dropwise.worker.diagnosis.RankFacts.LinkFacts;
import dev.dropwise.worker.diagnosis.RankFacts.LinkSpeed;
import dev.dropwise.worker.diagnosis.RankFacts.MachineFacts;
import dev.dropwise.worker.diagnosis.RankFacts.StorageFacts;
import dev.dropwise.worker.diagnosis.SharedMemoryRoom;
import java.util.List;

/** Two healthy ranks on hosts A and B, to be made ill one part at a time. */
final class Cluster {
    static final String KERNELS = "onednn-avx2/Haswell/1";
    static final Answer<ProductSpeed> SPEED = new Answer.Found<>(new ProductSpeed(100, 120));
    static final SharedMemoryRoom ROOM = new SharedMemoryRoom(8L << 30, 4L << 30, "/dev/shm", 2 << 20);
    static final MachineFacts MACHINE = machine("17.0.15+6", "4.1.0", SPEED);
    static final StorageFacts STORAGE =
            new StorageFacts(new Answer.Found<>("digits"), new Answer.Found<>("hdfs://n/runs"));

    private Cluster() {}

    static MachineFacts machine(String jdk, String spark, Answer<ProductSpeed> products) {
        return new MachineFacts(
                jdk,
                spark,
                new Answer.Found<>(KERNELS),
                products,
                new Answer.Found<>(ROOM),
                new Answer.Found<>(4 << 20));
    }

    static MachineFacts machine(Answer<SharedMemoryRoom> memory, Answer<Integer> socketBytes) {
        return new MachineFacts("17.0.15+6", "4.1.0", new Answer.Found<>(KERNELS), SPEED, memory, socketBytes);
    }

    /** Rank 0 on A as it should be, rank 1 on B with these parts. */
    static List<RankFacts> with(MachineFacts machine, StorageFacts storage) {
        return List.of(
                rank(0, "A", MACHINE, STORAGE, link(1, "B", found("aeron:udp", 80, 1.2e9))),
                rank(1, "B", machine, storage, link(0, "A", found("aeron:udp", 120, 9e8))));
    }

    /** Healthy ranks 0 on A and 1 on {@code host}, with these links to one another. */
    static List<RankFacts> linked(String host, LinkFacts there, LinkFacts back) {
        return List.of(rank(0, "A", MACHINE, STORAGE, there), rank(1, host, MACHINE, STORAGE, back));
    }

    static LinkFacts link(int peer, String host, Answer<LinkSpeed> speed) {
        return new LinkFacts(peer, host, host + ":4020", speed);
    }

    static Answer<LinkSpeed> found(String transport, double roundTripUs, double bytesPerSecond) {
        return new Answer.Found<>(new LinkSpeed(transport, roundTripUs, bytesPerSecond));
    }

    static <T> Answer<T> problem(String message, ExitCode exitCode) {
        return new Answer.Problem<>(message, exitCode);
    }

    private static RankFacts rank(int rank, String host, MachineFacts machine, StorageFacts storage, LinkFacts link) {
        return new RankFacts(rank, host, 100 + rank, machine, storage, List.of(link));
    }
}
