package dev.dropwise.worker.collectives;

import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.PeerRecord;
import dev.dropwise.worker.membership.Roster;
import dev.dropwise.worker.membership.SharedMemoryToken;
import dev.dropwise.worker.transport.AeronEndpoint;
import dev.dropwise.worker.transport.ChunkFile;
import dev.dropwise.worker.transport.DriverRoom;
import dev.dropwise.worker.transport.JvmAccess;
import dev.dropwise.worker.transport.RunTag;
import dev.dropwise.worker.transport.Sealing;
import dev.dropwise.worker.transport.SharedChunks;
import dev.dropwise.worker.transport.SoloTransport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens the exchange of one rank in two rounds of a rendezvous that somebody else provides; between rounds every rank
 * must have the records of all ranks, in their order. Closing it before {@link #connect} has returned undoes everything;
 * afterwards the collectives own what was opened, and closing does nothing.
 *
 * <pre>{@code
 * try (ExchangeOpening opening = ExchangeOpening.begin(config, rank, worldSize, host)) {
 *     List<Hello> hellos = everybodys(opening.hello());
 *     List<PeerRecord> records = everybodys(opening.listen(hellos));
 *     try (Collectives collectives = opening.connect(records)) {
 *         ...
 *     }
 * }
 * }</pre>
 */
public final class ExchangeOpening implements AutoCloseable {
    /** How far the opening has come. */
    public enum State {
        /** The token lies in shared memory for others to find. */
        GREETING,
        /** The media driver runs, the port is open. */
        LISTENING,
        /** Every pair of ranks is connected. */
        CONNECTED,
        /** Undone. */
        CLOSED
    }

    // Parts of a chunk begin at cache lines, so that one that is dealt out layer by layer is a little longer.
    private static final int CHUNK_SLACK = 1 << 14;
    private static final int LONGEST_CHUNK = 1 << 30;

    private final ExchangeConfig config;
    private final int worldSize;
    private final Hello hello;
    private final @Nullable SharedMemoryToken token;
    private final @Nullable ChunkFile chunk;
    private SharedChunks shared = SharedChunks.none();
    private @Nullable AeronEndpoint endpoint;
    private @Nullable RunTag tag;
    private State state = State.GREETING;

    private ExchangeOpening(
            ExchangeConfig config,
            int worldSize,
            Hello hello,
            @Nullable SharedMemoryToken token,
            @Nullable ChunkFile chunk) {
        this.config = config;
        this.worldSize = worldSize;
        this.hello = hello;
        this.token = token;
        this.chunk = chunk;
    }

    /**
     * Makes room and leaves a token where those who share this rank's memory will find it.
     *
     * @param host an address of this machine that all peers can reach
     */
    public static ExchangeOpening begin(ExchangeConfig config, int rank, int worldSize, String host) {
        // Before the first class of Aeron or Agrona: looking for abandoned drivers maps their files.
        JvmAccess.ensure();
        long pid = ProcessHandle.current().pid();
        if (worldSize == 1) {
            return new ExchangeOpening(config, 1, new Hello(rank, host, pid, "", "", "", "", 0), null, null);
        }
        DriverRoom room = DriverRoom.find(worldSize, config.streamedBytes());
        SharedMemoryToken token = config.sharedMemory() ? SharedMemoryToken.write(room.directory()) : null;
        ChunkFile chunk = chunk(config, room, worldSize, token);
        Hello hello = new Hello(
                rank,
                host,
                pid,
                token == null ? SharedMemoryToken.randomText() : token.content(),
                token == null ? "" : token.file().toString(),
                chunk == null ? "" : chunk.path(),
                room.newDriverDirectory(rank),
                room.termBytes());
        return new ExchangeOpening(config, worldSize, hello, token, chunk);
    }

    /** Where this rank lays its chunk, if it is to and there is room. */
    private static @Nullable ChunkFile chunk(
            ExchangeConfig config, DriverRoom room, int worldSize, @Nullable SharedMemoryToken token) {
        long bytes = config.vectorBytes() / worldSize + CHUNK_SLACK;
        if (token == null || !config.laysChunks() || bytes > LONGEST_CHUNK) {
            return null;
        }
        try {
            return ChunkFile.create(room, worldSize, (int) bytes).orElse(null);
        } catch (RuntimeException e) {
            token.close();
            throw e;
        }
    }

    /** What this rank tells all others in the first round. */
    public Hello hello() {
        return hello;
    }

    /**
     * Listens, once all ranks have said hello; starts the media driver, if it is this rank's to host.
     *
     * @return what this rank tells all others in the second round
     */
    public PeerRecord listen(List<Hello> hellos) {
        require(State.GREETING);
        requireAll(hellos.size());
        int rank = hello.rank();
        tag = RunTag.of(config.runId(), config.attempt(), hellos.get(0).token());
        state = State.LISTENING;
        if (worldSize == 1) {
            return new PeerRecord(rank, hello.host(), hello.pid(), rank, "");
        }
        shared = SharedChunks.map(chunk, rank, hellos);
        endpoint = AeronEndpoint.listen(rank, hellos, tag, config.deadlines());
        return endpoint.record();
    }

    /**
     * Connects to all peers, within the connect deadline.
     *
     * @param records of all ranks from the second round: that they are here means that every token has been read, and every chunk mapped
     */
    public Collectives connect(List<PeerRecord> records) {
        require(State.LISTENING);
        requireAll(records.size());
        removeNames();
        Roster roster = new Roster(hello.rank(), records);
        RunTag of = tag;
        if (of == null) {
            throw new IllegalStateException("listen comes first");
        }
        Collectives collectives = new Collectives(
                endpoint == null ? new SoloTransport() : endpoint.connect(roster),
                shared,
                roster,
                new Sealing(of, config.secret()),
                config.deadlines());
        state = State.CONNECTED;
        return collectives;
    }

    private void require(State expected) {
        if (state != expected) {
            throw new IllegalStateException("rank " + hello.rank() + ": expected an opening that is " + expected
                    + ", found " + state + "; begin, listen, connect, each once");
        }
    }

    private void requireAll(int found) {
        if (found != worldSize) {
            throw new IllegalArgumentException(
                    "rank " + hello.rank() + ": expected the records of " + worldSize + " ranks, found " + found);
        }
    }

    private void removeNames() {
        if (token != null) {
            token.close();
        }
        if (chunk != null) {
            chunk.removeName();
        }
    }

    @Override
    public void close() {
        removeNames();
        if (state != State.CONNECTED) {
            state = State.CLOSED;
            if (endpoint != null) {
                endpoint.close();
            }
            shared.close();
            if (chunk != null) {
                chunk.close();
            }
        }
    }
}
