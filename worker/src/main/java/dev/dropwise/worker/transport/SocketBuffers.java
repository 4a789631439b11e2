package dev.dropwise.worker.transport;

import dev.dropwise.common.failure.DropwiseException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;

/** How much the kernel lets a UDP socket hold. */
public final class SocketBuffers {
    /** What the exchange asks for. */
    public static final int WANTED_BYTES = 4 * 1024 * 1024;

    private SocketBuffers() {}

    /** The least of what a send and a receive buffer get when 4 MB are asked for: net.core.rmem_max and wmem_max bound it. */
    public static int probe() {
        try (DatagramChannel socket = DatagramChannel.open()) {
            socket.setOption(StandardSocketOptions.SO_RCVBUF, WANTED_BYTES);
            socket.setOption(StandardSocketOptions.SO_SNDBUF, WANTED_BYTES);
            int found = Math.min(
                    socket.getOption(StandardSocketOptions.SO_RCVBUF),
                    socket.getOption(StandardSocketOptions.SO_SNDBUF));
            return Math.min(WANTED_BYTES, found);
        } catch (IOException e) {
            throw DropwiseException.retryable("exchange: cannot open a UDP socket: " + e.getMessage(), e);
        }
    }
}
