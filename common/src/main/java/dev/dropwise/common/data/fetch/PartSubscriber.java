package dev.dropwise.common.data.fetch;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Writes a response's body to a channel as it arrives and closes the channel at the end, however it comes. */
final class PartSubscriber implements BodySubscriber<Long> {
    private final CompletableFuture<Long> body = new CompletableFuture<>();
    private final FileChannel channel;
    private final long mostBytes;
    private final LongConsumer progress;
    private final AtomicLong doneBytes = new AtomicLong();
    private Flow.@Nullable Subscription subscription;

    /**
     * @param channel stands where the body goes
     * @param mostBytes a longer file is cut off as an error
     */
    PartSubscriber(FileChannel channel, long mostBytes, LongConsumer progress) {
        this.channel = channel;
        this.mostBytes = mostBytes;
        this.progress = progress;
    }

    /** The length of the part file after the last write; stands still when the server stalls. */
    long doneBytes() {
        return doneBytes.get();
    }

    /** Writes no more, whatever still arrives; does nothing after the end. */
    void abandon() {
        if (!body.isDone()) {
            onError(new IOException("abandoned"));
        }
    }

    @Override
    public CompletionStage<Long> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (body.isDone()) {
            return;
        }
        try {
            for (ByteBuffer each : buffers) {
                while (each.hasRemaining()) {
                    channel.write(each);
                }
            }
            doneBytes.set(channel.position());
            if (channel.position() > mostBytes) {
                throw new IOException("the server sends more than the published " + mostBytes + " bytes");
            }
            progress.accept(channel.position());
        } catch (IOException | RuntimeException e) {
            // Thrown on, it would vanish in the client and the body would never end.
            if (subscription != null) {
                subscription.cancel();
            }
            onError(e);
        }
    }

    @Override
    public void onError(Throwable cause) {
        close();
        body.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        close();
        body.complete(doneBytes.get());
    }

    private void close() {
        try {
            channel.close();
        } catch (IOException e) {
            body.completeExceptionally(e);
        }
    }
}
