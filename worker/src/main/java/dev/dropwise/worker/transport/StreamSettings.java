package dev.dropwise.worker.transport;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/**
 * Sizes of the streams between two ranks, in bytes.
 *
 * @param termBytes of one of the three term buffers of a stream: a power of two
 * @param ipcMtuBytes the longest Aeron frame through shared memory
 * @param windowBytes that may be under way over UDP before the receiver must answer
 * @param socketBytes of a socket's send and receive buffers
 * @param hasRemotePeers whether this rank sends over UDP at all
 */
record StreamSettings(int termBytes, int ipcMtuBytes, int windowBytes, int socketBytes, boolean hasRemotePeers) {
    static final int SMALLEST_TERM = 64 * 1024;
    static final int LARGEST_MTU = 65504;
    static final int INTERNET_MTU = 1408;

    private static final int SHORTER_TERM = 1024 * 1024;
    static final int LONGER_TERM = 2 * 1024 * 1024;
    private static final int LONGEST_TERM = 8 * 1024 * 1024;
    private static final int LARGEST_IPC_FRAME = 65504;
    private static final int IP_AND_UDP_HEADERS = 48;
    private static final int LARGEST_WINDOW = 512 * 1024;
    private static final int FRAME_ALIGNMENT = 32;

    /** Settings for terms of {@code termBytes} and sockets that hold {@code socketBytes}, shared by all senders. */
    static StreamSettings of(int termBytes, int socketBytes, int senders) {
        int window = Math.min(LARGEST_WINDOW, Math.min(termBytes / 2, socketBytes / Math.max(1, senders)));
        int floor = Math.min(socketBytes, 2 * INTERNET_MTU);
        return new StreamSettings(
                termBytes,
                aligned(Math.min(LARGEST_IPC_FRAME, termBytes / 8)),
                Math.max(window, floor),
                socketBytes,
                senders > 0);
    }

    /**
     * The term for all-reduces whose streams carry {@code vectorBytes} there and back among {@code worldSize} ranks: short ones stay in the cache and win.
     * The shorter one does while half of it, the window, takes what one rank sends another in a round with a quarter to
     * spare; below that, ranks wait for the media driver in mid-round, whose thread wakes up late on busy cores. Above that the window
     * should take a third of a round, such as a large layer: what is sent during the backward pass lies there until the peer has
     * computed as far, and what finds no room has to be sent when both could be done.
     */
    static int termBytesFor(long vectorBytes, int worldSize) {
        long roundBytes = 2 * vectorBytes / worldSize;
        if (SHORTER_TERM / 2 >= roundBytes * 5 / 4) {
            return SHORTER_TERM;
        }
        int term = LONGER_TERM;
        while (term < LONGEST_TERM && term / 2 < roundBytes / 3) {
            term *= 2;
        }
        return term;
    }

    /** The term of a stream over UDP: twice the window, as more could not be under way anyhow. */
    int udpTermBytes() {
        return Math.min(termBytes, 2 * LARGEST_WINDOW);
    }

    /** The MTU towards {@code host}: as large as the way there allows, 1408 where that is not known to be more. */
    int mtuTowards(String host) {
        return Math.min(udpMtu(interfaceMtu(host)), Math.min(aligned(udpTermBytes() / 8), aligned(windowBytes / 2)));
    }

    static int udpMtu(int interfaceMtu) {
        return interfaceMtu <= 1500 ? INTERNET_MTU : Math.min(LARGEST_MTU, aligned(interfaceMtu - IP_AND_UDP_HEADERS));
    }

    private static int interfaceMtu(String host) {
        try {
            // Only an address of this machine has an interface here: traffic to it stays inside, at the loopback's MTU.
            InetAddress address = InetAddress.getByName(host);
            if (address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null) {
                return 65536;
            }
            return smallestMtu();
        } catch (UnknownHostException | SocketException e) {
            return INTERNET_MTU;
        }
    }

    private static int smallestMtu() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .mapToInt(StreamSettings::mtu)
                .min()
                .orElse(INTERNET_MTU);
    }

    private static int mtu(NetworkInterface each) {
        try {
            return each.isUp() && !each.isLoopback() ? each.getMTU() : Integer.MAX_VALUE;
        } catch (SocketException e) {
            return INTERNET_MTU;
        }
    }

    private static int aligned(int bytes) {
        return bytes / FRAME_ALIGNMENT * FRAME_ALIGNMENT;
    }
}
