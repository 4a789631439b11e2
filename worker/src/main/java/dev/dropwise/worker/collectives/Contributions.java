package dev.dropwise.worker.collectives;

import dev.dropwise.common.layer.SufficientFactors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What all ranks put into this rank's chunk, wherever it is: in this rank's own vector, in the frame that is being read, set aside where one peer is
 * ahead of others, or not yet multiplied out. Positions are bytes from the start of the chunk, places floats from the start of the vector.
 */
final class Contributions {
    private final int rank;
    private final TreeSum tree;
    private final UnsafeBuffer own = new UnsafeBuffer(0, 0);
    private final OfferedFactors offered = new OfferedFactors();
    private final ProductPiece ownPiece = new ProductPiece();
    private final UnsafeBuffer[] ahead;
    private final IncomingFactors[] incoming;

    Contributions(int rank, int worldSize) {
        this.rank = rank;
        this.tree = new TreeSum(worldSize);
        this.ahead = new UnsafeBuffer[worldSize];
        Arrays.setAll(ahead, peer -> new UnsafeBuffer(0, 0));
        this.incoming = new IncomingFactors[worldSize];
        Arrays.setAll(incoming, peer -> new IncomingFactors());
    }

    /** Starts anew, for a chunk of {@code chunkBytes} of {@code vector}. */
    void begin(UnsafeBuffer vector, int chunkBytes) {
        own.wrap(vector);
        offered.clear();
        for (int peer = 0; peer < ahead.length; peer++) {
            incoming[peer].clear();
            // Of two ranks none is ahead of another peer.
            if (peer != rank && ahead.length > 2 && ahead[peer].capacity() < chunkBytes) {
                ahead[peer].wrap(ByteBuffer.allocateDirect(chunkBytes));
            }
        }
    }

    /** Lets go of the caller's memory. */
    void end() {
        own.wrap(0, 0);
        offered.clear();
    }

    /** What this rank has as factors, in all chunks. */
    OfferedFactors offered() {
        return offered;
    }

    /** What {@code peer} sends as factors. */
    IncomingFactors of(int peer) {
        return incoming[peer];
    }

    /** Keeps values of {@code peer} from {@code position} on until those of others are there. */
    void setAside(int peer, int position, DirectBuffer buffer, int offset, int lengthBytes) {
        ahead[peer].putBytes(position, buffer, offset, lengthBytes);
    }

    /** The values of {@code peer} that are set aside, each at its position. */
    DirectBuffer aside(int peer) {
        return ahead[peer];
    }

    /** How many of the {@code lengthBytes} bytes from {@code position} on every rank has in one way. */
    int alike(int position, int place, int lengthBytes) {
        int least = offered.alike(place, lengthBytes / Float.BYTES) * Float.BYTES;
        for (IncomingFactors factors : incoming) {
            least = factors.alike(position, least);
        }
        return least;
    }

    /** Takes the values from {@code position} on from where they are; those of {@code last}, unless they are factors, from {@code buffer}. */
    void locate(int position, int place, int last, DirectBuffer buffer, int offset) {
        for (int peer = 0; peer < ahead.length; peer++) {
            tree.source(peer, ahead[peer], position);
        }
        tree.source(last, buffer, offset);
        tree.source(rank, own, place * Float.BYTES);
    }

    /** Multiplies out what is factors of the {@code floats} floats that have been located. */
    void multiply(int position, int place, int floats) {
        for (int peer = 0; peer < incoming.length; peer++) {
            if (incoming[peer].tells(position)) {
                tree.source(peer, incoming[peer].values(place, floats), 0);
            }
        }
        SufficientFactors factors = offered.at(place);
        if (factors != null) {
            tree.source(rank, ownPiece.of(factors, place, floats), 0);
        }
    }

    /** Sums what has been located. */
    void sumInto(MutableDirectBuffer target, int offset, int floats) {
        tree.sumInto(target, offset, floats);
    }
}
