package dev.dropwise.worker.collectives;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.PeerRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Lets processes of one machine meet in a directory, as Spark's barrier lets tasks meet: a file for each rank and round. */
final class FileRendezvous {
    // A rank that takes no part in smaller worlds waits until they are measured.
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path directory;
    private final int worldSize;
    private final Codec codec = new Codec(List.of(Hello.class, PeerRecord.class));

    FileRendezvous(Path directory, int worldSize) {
        this.directory = directory;
        this.worldSize = worldSize;
    }

    /** Opens the exchange of {@code rank}. */
    Collectives open(ExchangeConfig config, int rank, String name) {
        try (ExchangeOpening opening = ExchangeOpening.begin(config, rank, worldSize, "127.0.0.1")) {
            List<Hello> hellos = meet(name + "-hello", rank, opening.hello(), Hello.class);
            List<PeerRecord> records = meet(name + "-record", rank, opening.listen(hellos), PeerRecord.class);
            return opening.connect(records);
        }
    }

    /** What {@code rank} said when it met the others. */
    Hello hello(String name, int rank) {
        try {
            return codec.decode(await(directory.resolve(name + "-hello-" + rank)), Hello.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> List<T> meet(String round, int rank, T mine, Class<T> type) {
        try {
            Path unfinished = directory.resolve(round + "-" + rank + ".part");
            Files.write(unfinished, codec.encode(mine));
            Files.move(unfinished, directory.resolve(round + "-" + rank), StandardCopyOption.ATOMIC_MOVE);
            List<T> all = new ArrayList<>();
            for (int each = 0; each < worldSize; each++) {
                all.add(codec.decode(await(directory.resolve(round + "-" + each)), type));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] await(Path file) throws IOException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(file)) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IOException("rendezvous: nobody wrote " + file + " within " + PATIENCE);
            }
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
        return Files.readAllBytes(file);
    }
}
