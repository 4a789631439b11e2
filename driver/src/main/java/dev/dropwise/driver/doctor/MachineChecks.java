package dev.dropwise.driver.doctor;

import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.diagnosis.Answer;
import dev.dropwise.worker.diagnosis.ProductSpeed;
import dev.dropwise.worker.diagnosis.RankFacts;
import dev.dropwise.worker.diagnosis.SharedMemoryRoom;
import dev.dropwise.worker.transport.SocketBuffers;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Judges what ranks have found on their own hosts. */
final class MachineChecks {
    static final String KERNELS = "kernel class";
    static final String MEMORY = "/dev/shm";
    static final String SOCKETS = "socket buffers";
    static final String DATA = "data";
    static final String OUTPUT = "output";

    private static final double SLOW = 0.5;
    private static final int SHORT_TERM = 1024 * 1024;

    private final List<RankFacts> ranks;

    MachineChecks(List<RankFacts> ranks) {
        this.ranks = ranks;
    }

    /** Of the JDK and the Spark of every rank. */
    List<Finding> software(String driverSpark) {
        List<Finding> jdks = RankGroups.merge(
                ranks, rank -> DriverChecks.jdk("", rank.machine().jdk()));
        List<Finding> sparks = RankGroups.merge(ranks, rank -> {
            String version = rank.machine().spark();
            return version.equals(driverSpark)
                    ? Finding.ok(DriverChecks.SPARK, version)
                    : Finding.fail(
                            DriverChecks.SPARK,
                            version + ", the driver " + driverSpark,
                            "submit with the Spark version that the cluster runs",
                            ExitCode.CONFIGURATION);
        });
        return Stream.concat(jdks.stream(), sparks.stream()).toList();
    }

    /** Of the speed of every rank, a line each. The slowest sets the pace, so half of the fastest is worth a word. */
    List<Finding> kernels(String agreed) {
        double fastest =
                ranks.stream().mapToDouble(rank -> speed(rank).gflops()).max().orElse(0);
        return ranks.stream().map(rank -> kernels(rank, agreed, fastest)).toList();
    }

    private static Finding kernels(RankFacts rank, String agreed, double fastest) {
        String who = RankGroups.name(rank) + " pid " + rank.pid() + ": ";
        if (rank.machine().strongestKernels() instanceof Answer.Problem<String> problem) {
            return Finding.fail(KERNELS, who + problem.message(), problem.exitCode());
        }
        if (rank.machine().products() instanceof Answer.Problem<ProductSpeed> problem) {
            return Finding.fail(KERNELS, who + problem.message(), problem.exitCode());
        }
        String strongest = ((Answer.Found<String>) rank.machine().strongestKernels()).value();
        if (agreed.isEmpty()) {
            return Finding.ok(KERNELS, who + "its CPU executes " + strongest);
        }
        ProductSpeed speed = speed(rank);
        String found = String.format(
                Locale.ROOT,
                "%s%.0f GFLOP/s on one thread (at best %.0f) with %s%s",
                who,
                speed.gflops(),
                speed.bestGflops(),
                agreed,
                strongest.equals(agreed) ? "" : ", its CPU executes " + strongest);
        return speed.gflops() < SLOW * fastest
                ? Finding.warn(
                        KERNELS,
                        found + String.format(Locale.ROOT, ", the fastest rank %.0f", fastest),
                        "every step waits for the slowest rank: give its host a free core per rank")
                : Finding.ok(KERNELS, found);
    }

    private static ProductSpeed speed(RankFacts rank) {
        return rank.machine().products() instanceof Answer.Found<ProductSpeed> found
                ? found.value()
                : new ProductSpeed(0, 0);
    }

    /** Of the room for media drivers. */
    List<Finding> memory() {
        return RankGroups.merge(
                ranks,
                rank -> rank.machine().memory() instanceof Answer.Found<SharedMemoryRoom> found
                        ? memory(found.value())
                        : problem(MEMORY, rank.machine().memory()));
    }

    private static Finding memory(SharedMemoryRoom room) {
        String found = room.totalBytes() == 0
                ? "none"
                : Sizes.text(room.totalBytes()) + ", " + Sizes.text(room.freeBytes()) + " free";
        String remedy = "give containers a larger one (docker --shm-size=1g; Kubernetes: an emptyDir with medium Memory"
                + " mounted at /dev/shm)";
        if (!room.directory().equals(SharedMemoryRoom.WANTED_DIRECTORY)) {
            return Finding.warn(MEMORY, found + ", so the exchange goes through " + room.directory(), remedy);
        }
        return room.termBytes() < SHORT_TERM
                ? Finding.warn(MEMORY, found + ", so buffers are cut to " + Sizes.text(room.termBytes()), remedy)
                : Finding.ok(MEMORY, found);
    }

    /**
     * Of socket buffers.
     *
     * @param udp whether any rank reaches another by UDP
     */
    List<Finding> sockets(boolean udp) {
        return RankGroups.merge(
                ranks,
                rank -> rank.machine().socketBytes() instanceof Answer.Found<Integer> found
                        ? sockets(found.value(), udp)
                        : problem(SOCKETS, rank.machine().socketBytes()));
    }

    private static Finding sockets(int bytes, boolean udp) {
        String found = Sizes.text(bytes);
        if (bytes >= SocketBuffers.WANTED_BYTES) {
            return Finding.ok(SOCKETS, found);
        }
        return udp
                ? Finding.warn(
                        SOCKETS,
                        found + ", UDP wants " + Sizes.text(SocketBuffers.WANTED_BYTES),
                        "on every host: sysctl -w net.core.rmem_max=" + SocketBuffers.WANTED_BYTES
                                + " net.core.wmem_max=" + SocketBuffers.WANTED_BYTES)
                : Finding.ok(SOCKETS, found + ", enough where all ranks share memory");
    }

    /** Of the data set. */
    List<Finding> data() {
        return RankGroups.merge(ranks, rank -> text(DATA, rank.storage().data()));
    }

    /** Of the run directory. */
    List<Finding> output() {
        return RankGroups.merge(ranks, rank -> text(OUTPUT, rank.storage().output()));
    }

    private static Finding text(String subject, Answer<String> answer) {
        return answer instanceof Answer.Found<String> found
                ? Finding.ok(subject, found.value())
                : problem(subject, answer);
    }

    private static Finding problem(String subject, Answer<?> answer) {
        Answer.Problem<?> problem = (Answer.Problem<?>) answer;
        return Finding.fail(subject, problem.message(), problem.exitCode());
    }
}
