package dev.dropwise.worker.transport;

import dev.dropwise.worker.membership.Roster;
import io.aeron.Aeron;
import java.util.Optional;

/** Frames over Aeron: shared memory where ranks see one another's, UDP elsewhere. Made by {@link AeronEndpoint}. */
final class AeronTransport implements Transport {
    private final Roster roster;
    private final Aeron aeron;
    private final ClientFault fault;
    private final AeronEndpoint endpoint;
    private final PeerStream[][] streams;

    /** Over {@code streams}, indexed by lane and peer; this rank's own place holds null and is never looked at. */
    AeronTransport(Roster roster, Aeron aeron, ClientFault fault, AeronEndpoint endpoint, PeerStream[][] streams) {
        this.roster = roster;
        this.aeron = aeron;
        this.fault = fault;
        this.endpoint = endpoint;
        this.streams = streams;
    }

    @Override
    public int rank() {
        return roster.rank();
    }

    @Override
    public int worldSize() {
        return roster.worldSize();
    }

    @Override
    public String name() {
        int sharing = 0;
        for (int peer = 0; peer < worldSize(); peer++) {
            sharing += roster.sharesMemoryWith(peer) ? 1 : 0;
        }
        if (sharing == worldSize()) {
            return "aeron:ipc";
        }
        return sharing == 1 ? "aeron:udp" : "aeron:ipc+udp";
    }

    @Override
    public int maxPayloadBytes(int peer) {
        return streams[Lane.DATA.index()][peer].maxPayloadBytes();
    }

    @Override
    public boolean send(Lane lane, int peer, Outgoing frame) {
        return streams[lane.index()][peer].send(frame);
    }

    @Override
    public int poll(Lane lane, int peer, Receiver receiver) {
        return streams[lane.index()][peer].poll(receiver);
    }

    @Override
    public Optional<Loss> loss(int peer) {
        PeerStream stream = streams[Lane.DATA.index()][peer];
        if (!stream.hasEnded()) {
            return Optional.empty();
        }
        if (stream.isClosedHere()) {
            // The client closes its streams first and says why soon after.
            return fault.hasHappened() || aeron.isClosed() ? Optional.of(fault.loss()) : Optional.empty();
        }
        return Optional.of(new Loss(peer, "is gone: its JVM died, was stopped for too long, or closed"));
    }

    @Override
    public void close() {
        endpoint.close();
    }
}
