package dev.dropwise.common.data.fetch;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One request for what a part file still lacks. */
final class Download {
    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final HttpClient client;
    private final FetchTimeouts timeouts;
    private final FetchProgress progress;

    Download(HttpClient client, FetchTimeouts timeouts, FetchProgress progress) {
        this.client = client;
        this.timeouts = timeouts;
        this.progress = progress;
    }

    /**
     * Asks {@code address} for the rest of {@code file} and appends it to {@code part}; a server that ignores ranges sends
     * everything and the part starts anew.
     *
     * @throws IOException when the server is unreachable, refuses, stalls or hangs up; what arrived stays in the part
     */
    void resume(URI address, PublishedFile file, PartFile part) throws IOException {
        long kept = part.lengthBytes();
        if (kept == file.lengthBytes()) {
            return;
        }
        HttpResponse<Long> response = ask(address, file, part, kept);
        if (response.statusCode() == RANGE_NOT_SATISFIABLE) {
            part.remove();
            response = ask(address, file, part, 0);
        }
        if (response.statusCode() != OK && response.statusCode() != PARTIAL_CONTENT) {
            throw new IOException(address + " answered HTTP status " + response.statusCode());
        }
        if (part.lengthBytes() != file.lengthBytes()) {
            throw new IOException(
                    address + " ended after " + part.lengthBytes() + " of " + file.lengthBytes() + " bytes");
        }
    }

    private HttpResponse<Long> ask(URI address, PublishedFile file, PartFile part, long kept) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(timeouts.connect());
        if (kept > 0) {
            request.header("Range", "bytes=" + kept + "-");
        }
        AtomicReference<@Nullable PartSubscriber> writer = new AtomicReference<>();
        var answer = client.sendAsync(request.build(), info -> subscriber(info, file, part, kept, writer));
        try {
            return await(answer, writer, address);
        } finally {
            // Nothing may write to the part behind the back of the next request.
            PartSubscriber last = writer.get();
            if (last != null) {
                last.abandon();
            }
        }
    }

    private BodySubscriber<Long> subscriber(
            HttpResponse.ResponseInfo info,
            PublishedFile file,
            PartFile part,
            long kept,
            AtomicReference<@Nullable PartSubscriber> writer) {
        if (info.statusCode() != OK && info.statusCode() != PARTIAL_CONTENT) {
            return BodySubscribers.replacing(0L);
        }
        boolean continues = info.statusCode() == PARTIAL_CONTENT;
        String range = info.headers().firstValue("Content-Range").orElse("");
        try {
            if (continues && !range.startsWith("bytes " + kept + "-")) {
                throw new IOException("asked for bytes from " + kept + " on, was sent Content-Range '" + range + "'");
            }
            PartSubscriber subscriber = new PartSubscriber(
                    part.openAt(continues ? kept : 0),
                    file.lengthBytes(),
                    done -> progress.progress(file.name(), done, file.lengthBytes()));
            writer.set(subscriber);
            return subscriber;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // The client's own timeout ends with the headers, so a stalled body has to be noticed here.
    private HttpResponse<Long> await(
            CompletableFuture<HttpResponse<Long>> answer, AtomicReference<@Nullable PartSubscriber> writer, URI address)
            throws IOException {
        long waitMs = timeouts.connect().plus(timeouts.stall()).toMillis();
        long before = 0;
        while (true) {
            try {
                return answer.get(waitMs, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                PartSubscriber body = writer.get();
                long now = body == null ? 0 : body.doneBytes();
                if (now == before) {
                    answer.cancel(true);
                    throw new IOException(address + " sent nothing for " + waitMs + " ms", e);
                }
                before = now;
                waitMs = timeouts.stall().toMillis();
            } catch (ExecutionException e) {
                throw new IOException(address + " failed: " + e.getCause(), e.getCause());
            } catch (InterruptedException e) {
                answer.cancel(true);
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while fetching " + address);
            }
        }
    }
}
