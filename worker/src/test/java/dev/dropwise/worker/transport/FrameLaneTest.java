package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.worker.transport.DroppedFrames.Reason;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class FrameLaneTest {
    private static final RunTag TAG = RunTag.of("run", 2, "nonce");
    private static final Sealing UNKEYED = Sealing.unkeyed(TAG);

    private final LoopbackNetwork network = new LoopbackNetwork(2, 64, Faults.none());
    private final DroppedFrames dropped = new DroppedFrames();
    private final List<Long> taken = new ArrayList<>();
    private boolean ready = true;
    private final FrameLane receiver = new FrameLane(
            network.transport(0),
            Lane.DATA,
            UNKEYED,
            (header, buffer, offset) -> {
                if (ready) {
                    taken.add(header.sequence());
                }
                return ready;
            },
            dropped);

    @Test
    void shouldDropAndCountWhenTheFrameIsOfAnEarlierAttempt() {
        // given
        network.inject(Lane.DATA, 1, 0, frame(RunTag.of("run", 1, "nonce"), 1, 1));
        network.inject(Lane.DATA, 1, 0, frame(RunTag.of("run", 1, "other"), 1, 1));
        network.inject(Lane.DATA, 1, 0, frame(new RunTag(TAG.run(), 1), 1, 1));
        network.inject(Lane.DATA, 1, 0, frame(TAG, 1, 1));

        // when
        pollAll();

        // then
        assertThat(taken).containsExactly(1L);
        assertThat(dropped.of(Reason.FOREIGN_RUN)).isEqualTo(1);
        assertThat(dropped.of(Reason.FOREIGN_ATTEMPT)).isEqualTo(2);
    }

    @Test
    void shouldDropAndCountWhenAFrameComesTwice() {
        network.inject(Lane.DATA, 1, 0, frame(TAG, 1, 1));
        network.inject(Lane.DATA, 1, 0, frame(TAG, 1, 1));
        network.inject(Lane.DATA, 1, 0, frame(TAG, 1, 2));

        pollAll();

        assertThat(taken).containsExactly(1L, 2L);
        assertThat(dropped.of(Reason.DUPLICATE)).isEqualTo(1);
    }

    @Test
    void shouldNameTheMissingFrameWhenOneIsLost() {
        network.inject(Lane.DATA, 1, 0, frame(TAG, 1, 2));

        assertThatThrownBy(this::pollAll)
                .isInstanceOf(BrokenFrameException.class)
                .hasMessageContaining("expected frame 1 of rank 1, found frame 2 of rank 1");
        assertThat(dropped.of(Reason.OUT_OF_ORDER)).isEqualTo(1);
    }

    @Test
    void shouldDetectAnySingleFlippedBitWhenAFrameIsDamaged() {
        byte[] whole = frame(TAG, 1, 1);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            int at = bit / 8;
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << (bit % 8));
            assertThat(isRejected(damaged)).as("bit %d of byte %d", bit % 8, at).isTrue();
        }
    }

    private static boolean isRejected(byte[] frame) {
        DroppedFrames dropped = new DroppedFrames();
        LoopbackNetwork network = new LoopbackNetwork(2, 64, Faults.none());
        network.inject(Lane.DATA, 1, 0, frame);
        FrameLane lane = new FrameLane(network.transport(0), Lane.DATA, UNKEYED, (h, b, o) -> true, dropped);
        try {
            lane.poll(1);
            return false;
        } catch (BrokenFrameException e) {
            assertThat(dropped.of(Reason.CORRUPT)).isEqualTo(1);
            return true;
        }
    }

    @Test
    void shouldNameBothVersionsWhenAPeerRunsAnotherOne() {
        byte[] frame = frame(TAG, 1, 1);
        frame[2] = 9;
        new ChecksumSeal().seal(new UnsafeBuffer(frame), 0, new UnsafeBuffer(new byte[8]), 0);
        network.inject(Lane.DATA, 1, 0, frame);

        assertThatThrownBy(this::pollAll).hasMessageContaining("expected frame version 1, found 9");
    }

    @Test
    void shouldDeliverAgainWhenTheHandlerWasNotReady() {
        // given
        network.inject(Lane.DATA, 1, 0, frame(TAG, 1, 1));
        ready = false;
        assertThat(receiver.poll(1)).isZero();

        // when
        ready = true;
        pollAll();

        // then
        assertThat(taken).containsExactly(1L);
    }

    private void pollAll() {
        while (receiver.poll(1) > 0) {
            assertThat(taken).hasSizeLessThan(100);
        }
    }

    private static byte[] frame(RunTag tag, int rank, long sequence) {
        byte[] frame = new byte[FrameHeader.LENGTH + 8];
        UnsafeBuffer buffer = new UnsafeBuffer(frame);
        new FrameHeader()
                .stamp(tag, rank)
                .round(FrameKind.BROADCAST, 1, 1)
                .piece(0, 0, 8)
                .sequence(sequence)
                .writeTo(buffer, 0);
        new ChecksumSeal().seal(buffer, 0, new UnsafeBuffer(new byte[8]), 0);
        return frame;
    }
}
