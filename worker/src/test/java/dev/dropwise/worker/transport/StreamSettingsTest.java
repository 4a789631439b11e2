package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamSettingsTest {
    private static final int MB = 1024 * 1024;

    @Test
    void shouldUseTheInternetsMtuUnlessTheInterfaceCarriesMore() {
        assertThat(StreamSettings.udpMtu(1500)).isEqualTo(1408);
        assertThat(StreamSettings.udpMtu(1450)).isEqualTo(1408);
        assertThat(StreamSettings.udpMtu(9000)).isEqualTo(8928);
        assertThat(StreamSettings.udpMtu(65536)).isEqualTo(65472);
    }

    @Test
    void shouldKeepFramesWithinAnEighthOfATermWhenTermsAreShort() {
        StreamSettings small = StreamSettings.of(64 * 1024, 4 * MB, 1);

        assertThat(small.ipcMtuBytes()).isEqualTo(8192);
        assertThat(small.mtuTowards("127.0.0.1")).isEqualTo(8192);
        assertThat(small.windowBytes()).isEqualTo(32 * 1024);
    }

    @Test
    void shouldShareTheSocketsBufferAmongAllWhoSendWhenTheKernelGivesLittle() {
        assertThat(StreamSettings.of(2 * MB, 212_992, 4).windowBytes()).isEqualTo(53_248);
        assertThat(StreamSettings.of(2 * MB, 4 * MB, 1).windowBytes()).isEqualTo(512 * 1024);
    }

    @Test
    void shouldTakeTheShorterTermWhileAWholeRoundFitsItsWindow() {
        assertThat(StreamSettings.termBytesFor(4_096, 2)).isEqualTo(MB);
        assertThat(StreamSettings.termBytesFor(419_430, 2)).isEqualTo(MB);
        assertThat(StreamSettings.termBytesFor(419_440, 2)).isEqualTo(2 * MB);
        assertThat(StreamSettings.termBytesFor(1_600_000, 8)).isEqualTo(MB);
    }

    @Test
    void shouldTakeATermWhoseWindowHoldsALargeLayerWhenThatIsNotTooMuch() {
        assertThat(StreamSettings.termBytesFor(3 * MB, 2)).isEqualTo(2 * MB);
        assertThat(StreamSettings.termBytesFor(3 * MB + 4, 2)).isEqualTo(4 * MB);
        assertThat(StreamSettings.termBytesFor(11_660_328, 2)).isEqualTo(8 * MB);
        assertThat(StreamSettings.termBytesFor(11_660_328, 8)).isEqualTo(2 * MB);
        assertThat(StreamSettings.termBytesFor(400_000_000, 2)).isEqualTo(8 * MB);
    }
}
