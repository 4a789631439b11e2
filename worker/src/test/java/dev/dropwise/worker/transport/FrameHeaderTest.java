package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class FrameHeaderTest {
    @Test
    void shouldPutEveryFieldAtItsPlaceWhenWritten() {
        // given
        FrameHeader header = new FrameHeader()
                .stamp(new RunTag(0x0102030405060708L, 9), 0xFFFE)
                .round(FrameKind.ABORT, 0x1112131415161718L, 0x2122232425262728L)
                .piece(0x31323334, 0x41424344, 0x51525354)
                .sequence(0x6162636465666768L);
        byte[] frame = new byte[3 + FrameHeader.LENGTH];

        // when
        header.writeTo(new UnsafeBuffer(frame), 3);

        // then
        assertThat(HexFormat.of().formatHex(frame))
                .isEqualTo("000000" + "4457" + "01" + "05" + "00" + "00" + "feff" + "0807060504030201" + "09000000"
                        + "54535251" + "2827262524232221" + "1817161514131211" + "6867666564636261" + "34333231"
                        + "44434241" + "00000000000000000000000000000000");
    }

    @Test
    void shouldReadBackWhatWasWrittenWhenWrapped() {
        // given
        UnsafeBuffer frame = new UnsafeBuffer(new byte[100]);
        new FrameHeader()
                .stamp(new RunTag(-7, 3), 5)
                .round(FrameKind.ALL_GATHER, 11, -12)
                .piece(2, 64, 4096)
                .sequence(99)
                .writeTo(frame, 8);

        // when
        FrameHeader read = new FrameHeader().wrap(frame, 8);

        // then
        assertThat(read.hasMagic()).isTrue();
        assertThat(read.version()).isEqualTo(1);
        assertThat(read.kind()).isEqualTo(FrameKind.ALL_GATHER);
        assertThat(new long[] {read.rank(), read.run(), read.attempt(), read.round(), read.step(), read.sequence()})
                .containsExactly(5, -7, 3, 11, -12, 99);
        assertThat(new int[] {read.chunk(), read.offset(), read.payloadBytes()}).containsExactly(2, 64, 4096);
    }

    @Test
    void shouldFindEveryKindByItsCode() {
        for (FrameKind each : FrameKind.values()) {
            assertThat(FrameKind.of(each.code())).isEqualTo(each);
        }
        assertThatThrownBy(() -> FrameKind.of(9)).hasMessage("frame kind: expected 0 to 8, found 9");
        assertThatThrownBy(() -> FrameKind.of(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
