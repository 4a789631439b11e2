package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.worker.transport.DroppedFrames.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class FrameLaneTest {
    private static final RunTag TAG = RunTag.of("run", 2, "nonce");
    private static final FrameSecret SECRET = new FrameSecret(new byte[32]);
    private static final Sealing UNKEYED = Sealing.unkeyed(TAG);
    private static final Sealing KEYED = new Sealing(TAG, SECRET);

    private final LoopbackNetwork network = new LoopbackNetwork(2, 64, Faults.none());
    private final DroppedFrames dropped = new DroppedFrames();
    private final List<Long> taken = new ArrayList<>();
    private final List<Long> payloads = new ArrayList<>();
    private boolean ready = true;
    private final FrameLane receiver = receiver(UNKEYED);
    private final FrameLane keyedReceiver = receiver(KEYED);

    private FrameLane receiver(Sealing sealing) {
        return new FrameLane(
                network.transport(0),
                Lane.DATA,
                sealing,
                (header, buffer, offset) -> {
                    if (ready) {
                        taken.add(header.sequence());
                        payloads.add(buffer.getLong(offset));
                    }
                    return ready;
                },
                dropped);
    }

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

    @Test
    void shouldDropAndCountWhateverAStrangerSendsWhenThereIsASecret() {
        // given: damaged, too short, unsealed, sealed for another attempt, and then the peer's own
        byte[] damaged = sealed(KEYED, 1, 1);
        damaged[FrameHeader.LENGTH + 3] ^= 1;
        Sealing earlier = new Sealing(new RunTag(TAG.run(), 1), SECRET);
        Sealing otherRun = new Sealing(new RunTag(1, 2), SECRET);
        List.of(
                        damaged,
                        new byte[10],
                        new byte[0],
                        frame(TAG, 1, 1),
                        sealed(KEYED, 2, 1),
                        sealed(earlier, 1, 1),
                        sealed(otherRun, 1, 1),
                        sealed(KEYED, 1, 1),
                        sealed(KEYED, 1, 1),
                        sealed(KEYED, 1, 2))
                .forEach(each -> network.inject(Lane.DATA, 1, 0, each));

        // when
        while (keyedReceiver.poll(1) > 0) {
            assertThat(taken).hasSizeLessThan(100);
        }

        // then
        assertThat(taken).containsExactly(1L, 2L);
        assertThat(dropped).hasToString("{FOREIGN_RUN=1, FOREIGN_ATTEMPT=1, DUPLICATE=1, UNAUTHENTIC=5}");
        assertThat(dropped.total()).isEqualTo(8);
    }

    @Test
    void shouldEndTheAttemptWhenAFrameOfThePeersOwnIsMissing() {
        network.inject(Lane.DATA, 1, 0, sealed(KEYED, 1, 2));

        assertThatThrownBy(() -> keyedReceiver.poll(1))
                .isInstanceOf(BrokenFrameException.class)
                .hasMessageContaining("expected frame 1 of rank 1, found frame 2 of rank 1");
    }

    @Test
    void shouldOpenAFrameOnceWhenItIsDeliveredAgain() {
        // given
        byte[] frame = sealed(KEYED, 1, 1);
        network.inject(Lane.DATA, 1, 0, frame);
        ready = false;
        assertThat(keyedReceiver.poll(1)).isZero();

        // when: what arrived is changed after it was checked
        Arrays.fill(frame, (byte) 0);
        ready = true;

        // then
        assertThat(keyedReceiver.poll(1)).isEqualTo(1);
        assertThat(taken).containsExactly(1L);
        assertThat(payloads).containsExactly(0x1122334455667788L);
    }

    @Test
    void shouldRefuseAnUnknownKindWhenItsSealIsIntact() {
        byte[] frame = frame(TAG, 1, 1);
        frame[3] = 99;
        new ChecksumSeal().seal(new UnsafeBuffer(frame), 0, new UnsafeBuffer(new byte[8]), 0);
        network.inject(Lane.DATA, 1, 0, frame);

        assertThatThrownBy(this::pollAll)
                .isInstanceOf(BrokenFrameException.class)
                .hasMessageContaining("kind that is known");
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

    private static byte[] sealed(Sealing sealing, int rank, long sequence) {
        byte[] frame = new byte[FrameHeader.LENGTH + 8];
        UnsafeBuffer buffer = new UnsafeBuffer(frame);
        UnsafeBuffer payload = new UnsafeBuffer(new byte[8]);
        payload.putLong(0, 0x1122334455667788L);
        FrameSeal seal = sealing.between(rank, 0, Lane.DATA);
        new FrameHeader()
                .stamp(sealing.tag(), rank)
                .sealedBy(seal.code())
                .round(FrameKind.BROADCAST, 1, 1)
                .piece(0, 0, 8)
                .sequence(sequence)
                .writeTo(buffer, 0);
        seal.seal(buffer, 0, payload, 0);
        return frame;
    }
}
