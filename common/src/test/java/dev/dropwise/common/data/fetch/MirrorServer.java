package dev.dropwise.common.data.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A mirror on an ephemeral local port that can hang up, stall or ignore ranges. */
final class MirrorServer implements AutoCloseable {
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private volatile int hangUpAfter = Integer.MAX_VALUE;
    private volatile int stallAfter = Integer.MAX_VALUE;
    private volatile int soundAnswers = Integer.MAX_VALUE;
    private volatile boolean ranges = true;

    MirrorServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    MirrorServer serving(String name, byte[] bytes) {
        files.put("/set/" + name, bytes);
        return this;
    }

    /** The next answer, and only that, ends after {@code bytes} of its body. */
    MirrorServer hangingUpOnceAfter(int bytes) {
        hangUpAfter = bytes;
        return this;
    }

    /** Every answer stands still after {@code bytes} of its body. */
    MirrorServer stallingAfter(int bytes) {
        stallAfter = bytes;
        return this;
    }

    /** Answers after the first {@code answers} stall before the first byte of their body. */
    MirrorServer stallingFromTheStartAfter(int answers) {
        soundAnswers = answers;
        return this;
    }

    MirrorServer withoutRanges() {
        ranges = false;
        return this;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/set/");
    }

    /** Path, Range header and status of every request so far: {@code /set/NAME bytes=5- 206}. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String range = exchange.getRequestHeaders().getFirst("Range");
        byte[] file = files.get(path);
        int from = range == null || !ranges ? 0 : Integer.parseInt(range.substring(6, range.length() - 1));
        int status = file == null ? 404 : from == 0 ? 200 : from >= file.length ? 416 : 206;
        requests.add(path + " " + range + " " + status);
        if (file == null || status == 416) {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return;
        }
        if (status == 206) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (file.length - 1) + "/" + file.length);
        }
        exchange.sendResponseHeaders(status, file.length - from);
        if (requests.size() > soundAnswers) {
            stallAfter = 0;
        }
        int most = Math.min(hangUpAfter, stallAfter);
        hangUpAfter = Integer.MAX_VALUE;
        exchange.getResponseBody().write(file, from, Math.min(most, file.length - from));
        exchange.getResponseBody().flush();
        if (most == stallAfter && stallAfter != Integer.MAX_VALUE) {
            awaitClose();
        }
        // Closing before all promised bytes are sent cuts the connection.
        exchange.close();
    }

    private void awaitClose() {
        try {
            closing.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
