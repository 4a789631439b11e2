package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.PeerRecord;
import dev.dropwise.worker.membership.Roster;
import dev.dropwise.worker.membership.SharedMemoryToken;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class StaleSenderTest {
    private static final RunTag THEN = RunTag.of("run", 1, "then");
    private static final RunTag NOW = RunTag.of("run", 2, "now");
    private static final int STREAM_FROM_1_TO_0 = 1005;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void shouldHearOnlyThePeerOfThisAttemptWhenASenderOfAnEarlierOneKeepsSending() throws Exception {
        List<Hello> hellos = List.of(hello(0), hello(1));
        try (AeronEndpoint first = AeronEndpoint.listen(0, hellos, NOW, Deadlines.standard());
                AeronEndpoint second = AeronEndpoint.listen(1, hellos, NOW, Deadlines.standard());
                Aeron stranger = Aeron.connect(
                        new Aeron.Context().aeronDirectoryName(hellos.get(1).driverDirectory()))) {
            // given: a connected world, a sender of the attempt before, and proof that such a sender can be heard
            List<PeerRecord> records = List.of(first.record(), second.record());
            CompletableFuture<Transport> other =
                    CompletableFuture.supplyAsync(() -> second.connect(new Roster(1, records)));
            Transport receiver = first.connect(new Roster(0, records));
            Transport sender = other.get(20, TimeUnit.SECONDS);
            ExclusivePublication stale = staleSender(stranger, first.record().endpoint());
            Subscription unfiltered = stranger.addSubscription("aeron:udp?endpoint=127.0.0.1:0", STREAM_FROM_1_TO_0);
            await(() -> unfiltered.resolvedEndpoint() != null);
            ExclusivePublication heard = staleSender(stranger, unfiltered.resolvedEndpoint());
            await(heard::isConnected);

            // when
            List<Long> steps = new ArrayList<>();
            FrameLane lane = new FrameLane(
                    receiver,
                    Lane.DATA,
                    Sealing.unkeyed(NOW),
                    (header, buffer, offset) -> steps.add(header.step()),
                    new DroppedFrames());
            UnsafeBuffer frame = new UnsafeBuffer(new byte[100]);
            FrameLane sending =
                    new FrameLane(sender, Lane.DATA, Sealing.unkeyed(NOW), (h, b, o) -> true, new DroppedFrames());
            for (long step = 1; step <= 3; step++) {
                assertThat(stale.offer(frame)).isNegative();
                sending.header().round(FrameKind.BROADCAST, 1, step).piece(0, 0, 8);
                await(() -> sending.send(0, frame, 0));
                int expected = (int) step;
                await(() -> lane.poll(1) + steps.size() >= expected);
            }

            // then
            assertThat(steps).containsExactly(1L, 2L, 3L);
            assertThat(stale.isConnected()).isFalse();
        }
    }

    private static ExclusivePublication staleSender(Aeron stranger, String endpoint) {
        String channel = "aeron:udp?endpoint=" + endpoint + "|session-id=" + THEN.sessionId(1, 0, Lane.DATA);
        return stranger.addExclusivePublication(channel, STREAM_FROM_1_TO_0);
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadlineNs);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private Hello hello(int rank) {
        return new Hello(
                rank,
                "127.0.0.1",
                1,
                SharedMemoryToken.randomText(),
                "",
                "",
                directory.resolve("driver" + rank).toString(),
                StreamSettings.SMALLEST_TERM);
    }
}
