package dev.dropwise.worker.membership;

import java.util.List;

/**
 * All ranks of an attempt as one of them sees it.
 *
 * @param rank whose view this is
 * @param peers the record of every rank, this one included, in the order of ranks
 */
public record Roster(int rank, List<PeerRecord> peers) {
    public Roster {
        peers = List.copyOf(peers);
        for (int i = 0; i < peers.size(); i++) {
            if (peers.get(i).rank() != i) {
                throw new IllegalArgumentException("roster: expected rank " + i + " at position " + i + ", found rank "
                        + peers.get(i).rank() + "; every rank must send one record and keep the order of ranks");
            }
        }
        for (PeerRecord each : peers) {
            int host = each.driverRank();
            if (host < 0 || host > each.rank() || peers.get(host).driverRank() != host) {
                throw new IllegalArgumentException("roster: " + each.describe() + " uses the media driver of rank "
                        + host + ", which hosts none; do all ranks of that host see one /dev/shm?");
            }
        }
        if (rank < 0 || rank >= peers.size()) {
            throw new IllegalArgumentException("roster: rank " + rank + " outside a world of " + peers.size());
        }
    }

    public int worldSize() {
        return peers.size();
    }

    public PeerRecord self() {
        return peers.get(rank);
    }

    public PeerRecord peer(int other) {
        return peers.get(other);
    }

    /** Whether this rank runs the media driver for itself and those who share its memory. */
    public boolean hostsDriver() {
        return self().driverRank() == rank;
    }

    /** Whether {@code other} is reached through shared memory instead of UDP. */
    public boolean sharesMemoryWith(int other) {
        return peer(other).driverRank() == self().driverRank();
    }

    /** How messages name {@code other}: {@code rank 2 (10.0.0.7 pid 123)}. */
    public String describe(int other) {
        return peer(other).describe();
    }
}
