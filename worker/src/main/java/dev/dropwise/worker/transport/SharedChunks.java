package dev.dropwise.worker.transport;

import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.SharedMemoryToken;
import java.nio.MappedByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of ranks that share memory: each lays its own there once, and all others read it from where it lies. Whoever lays tells by a
 * frame up to where, which also orders the memory: what was laid before the frame was sent is seen by whoever has received it. For the
 * thread of the collectives.
 */
public final class SharedChunks implements AutoCloseable {
    private final UnsafeBuffer own;
    private final DirectBuffer[] peers;
    private final List<MappedByteBuffer> mapped;
    private final @Nullable ChunkFile file;
    private boolean closed;

    private SharedChunks(
            UnsafeBuffer own, DirectBuffer[] peers, List<MappedByteBuffer> mapped, @Nullable ChunkFile file) {
        this.own = own;
        this.peers = peers;
        this.mapped = mapped;
        this.file = file;
    }

    /** Those of a rank that shares nothing. */
    public static SharedChunks none() {
        return new SharedChunks(new UnsafeBuffer(0, 0), new DirectBuffer[0], List.of(), null);
    }

    /**
     * Within one JVM.
     *
     * @param own written by this rank
     * @param peers by rank: what each of them writes, of no length where it shares nothing with this one
     */
    static SharedChunks of(UnsafeBuffer own, DirectBuffer[] peers) {
        return new SharedChunks(own, peers.clone(), List.of(), null);
    }

    /**
     * Maps the chunks of all that this rank shares memory with; their tokens must still be there.
     *
     * @param file this rank's own, if it has one; closed with the result, or at once where nobody will read it
     */
    public static SharedChunks map(@Nullable ChunkFile file, int rank, List<Hello> hellos) {
        UnsafeBuffer own = file == null ? new UnsafeBuffer(0, 0) : new UnsafeBuffer(file.memory());
        List<MappedByteBuffer> mapped = new ArrayList<>();
        DirectBuffer[] peers = new DirectBuffer[hellos.size()];
        Arrays.setAll(peers, peer -> new UnsafeBuffer(0, 0));
        SharedChunks chunks = new SharedChunks(own, peers, mapped, file);
        try {
            for (Hello each : hellos) {
                if (each.rank() != rank
                        && file != null
                        && !each.chunkFile().isEmpty()
                        && SharedMemoryToken.isSharedWith(each)) {
                    MappedByteBuffer memory = ChunkFile.ofPeer(each.rank(), each.chunkFile());
                    mapped.add(memory);
                    peers[each.rank()] = new UnsafeBuffer(memory);
                }
            }
            if (mapped.isEmpty()) {
                chunks.close();
                return none();
            }
            return chunks;
        } catch (RuntimeException e) {
            chunks.close();
            throw e;
        }
    }

    /** Whether this rank and {@code peer} read one another's chunk. */
    public boolean areSharedWith(int peer) {
        return peer < peers.length && peers[peer].capacity() > 0;
    }

    /** Whether a chunk of {@code lengthBytes} has room here, and anybody reads it. */
    public boolean hold(int lengthBytes) {
        boolean read = false;
        for (int peer = 0; peer < peers.length; peer++) {
            read |= areSharedWith(peer);
        }
        return read && lengthBytes <= own.capacity();
    }

    /** Lays {@code lengthBytes} bytes of {@code from} at {@code position} of this rank's chunk. Nobody may still have to read what lay there. */
    public void lay(int position, DirectBuffer from, int offset, int lengthBytes) {
        own.putBytes(position, from, offset, lengthBytes);
    }

    /** The chunk of {@code peer}, of no length where it is not shared. */
    public DirectBuffer of(int peer) {
        return peers[peer];
    }

    /** Lets go of all memory; again does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        own.wrap(0, 0);
        Arrays.fill(peers, new UnsafeBuffer(0, 0));
        mapped.forEach(BufferUtil::free);
        if (file != null) {
            file.close();
        }
    }
}
