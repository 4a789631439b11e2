package dev.dropwise.worker.transport;

import dev.dropwise.worker.membership.Roster;
import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Opens the streams between this rank and its peers. Each has a stream id of its own and one session, which both ends
 * derive from the run's tag: a sender of an earlier attempt has another one and is not heard.
 */
final class StreamOpener {
    private static final int FIRST_STREAM_ID = 1001;

    private final Aeron aeron;
    private final StreamSettings settings;
    private final RunTag tag;
    private final int rank;
    private final int worldSize;
    private final @Nullable Subscription[][] remoteSubscriptions;

    StreamOpener(Aeron aeron, StreamSettings settings, RunTag tag, int rank, int worldSize) {
        this.aeron = aeron;
        this.settings = settings;
        this.tag = tag;
        this.rank = rank;
        this.worldSize = worldSize;
        this.remoteSubscriptions = new @Nullable Subscription[Lane.COUNT][worldSize];
    }

    /** Opens one UDP port for what the {@code remote} peers will send; returns a subscription that knows the port. */
    Subscription listen(String host, boolean[] remote) {
        // Without the tag each subscription to port 0 would get a port of its own.
        long portTag = aeron.nextCorrelationId();
        Subscription any = null;
        for (int peer = 0; peer < worldSize; peer++) {
            for (Lane lane : Lane.values()) {
                if (remote[peer]) {
                    String channel = incoming("udp", peer, lane)
                            .endpoint(bracketed(host) + ":0")
                            .tags(Long.toString(portTag))
                            .build();
                    any = aeron.addSubscription(channel, streamId(peer, rank, lane));
                    remoteSubscriptions[lane.index()][peer] = any;
                }
            }
        }
        if (any == null) {
            throw new IllegalArgumentException("rank " + rank + ": no remote peer to listen for");
        }
        return any;
    }

    /** Opens both directions of a lane to {@code peer}; they connect later. */
    PeerStream open(Roster roster, int peer, Lane lane) {
        Subscription listening = remoteSubscriptions[lane.index()][peer];
        boolean shared = roster.sharesMemoryWith(peer);
        if (shared == (listening != null)) {
            throw new IllegalStateException("rank " + rank + " and " + roster.describe(peer)
                    + " disagree whether they share memory: here " + (listening == null) + ", there " + shared);
        }
        Subscription subscription = listening != null
                ? listening
                : aeron.addSubscription(incoming("ipc", peer, lane).build(), streamId(peer, rank, lane));
        ChannelUriStringBuilder channel =
                shared ? sharedChannel() : remoteChannel(roster.peer(peer).endpoint());
        if (lane == Lane.CONTROL) {
            channel.termLength(StreamSettings.SMALLEST_TERM).mtu(StreamSettings.INTERNET_MTU);
        }
        ExclusivePublication publication = aeron.addExclusivePublication(
                channel.sessionId(tag.sessionId(rank, peer, lane)).build(), streamId(rank, peer, lane));
        return new PeerStream(peer, publication, subscription, tag.sessionId(peer, rank, lane));
    }

    private ChannelUriStringBuilder sharedChannel() {
        return new ChannelUriStringBuilder()
                .media("ipc")
                .termLength(settings.termBytes())
                .mtu(settings.ipcMtuBytes());
    }

    private ChannelUriStringBuilder remoteChannel(String endpoint) {
        String host = endpoint.substring(0, endpoint.lastIndexOf(':'));
        return new ChannelUriStringBuilder()
                .media("udp")
                .endpoint(endpoint)
                .termLength(settings.udpTermBytes())
                .mtu(settings.mtuTowards(host));
    }

    private ChannelUriStringBuilder incoming(String media, int peer, Lane lane) {
        return new ChannelUriStringBuilder().media(media).sessionId(tag.sessionId(peer, rank, lane));
    }

    private int streamId(int from, int to, Lane lane) {
        return FIRST_STREAM_ID + (from * worldSize + to) * Lane.COUNT + lane.index();
    }

    private static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
