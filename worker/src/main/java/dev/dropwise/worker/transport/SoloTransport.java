package dev.dropwise.worker.transport;

import java.util.Optional;

/** The transport of a world of one rank, which has nobody to talk to: starts nothing, sends nothing. */
public final class SoloTransport implements Transport {
    @Override
    public int rank() {
        return 0;
    }

    @Override
    public int worldSize() {
        return 1;
    }

    @Override
    public String name() {
        return "none";
    }

    @Override
    public int maxPayloadBytes(int peer) {
        throw noPeer(peer);
    }

    @Override
    public boolean send(Lane lane, int peer, Outgoing frame) {
        throw noPeer(peer);
    }

    @Override
    public int poll(Lane lane, int peer, Receiver receiver) {
        throw noPeer(peer);
    }

    @Override
    public Optional<Loss> loss(int peer) {
        throw noPeer(peer);
    }

    @Override
    public void close() {
        // Nothing was opened.
    }

    private static IllegalArgumentException noPeer(int peer) {
        return new IllegalArgumentException("a world of one rank has no peer " + peer);
    }
}
