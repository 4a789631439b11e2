package dev.dropwise.worker.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.codec.Codec;
import java.util.List;
import org.junit.jupiter.api.Test;

class RosterTest {
    private static final PeerRecord FIRST = new PeerRecord(0, "10.0.0.7", 123, 0, "10.0.0.7:40001");
    private static final PeerRecord SECOND = new PeerRecord(1, "10.0.0.7", 124, 0, "10.0.0.7:40002");
    private static final PeerRecord THIRD = new PeerRecord(2, "10.0.0.8", 99, 2, "10.0.0.8:40001");

    @Test
    void shouldTellWhoSharesMemoryWhenDriversAreKnown() {
        Roster roster = new Roster(1, List.of(FIRST, SECOND, THIRD));

        assertThat(roster.worldSize()).isEqualTo(3);
        assertThat(roster.sharesMemoryWith(0)).isTrue();
        assertThat(roster.sharesMemoryWith(2)).isFalse();
        assertThat(roster.hostsDriver()).isFalse();
        assertThat(roster.describe(2)).isEqualTo("rank 2 (10.0.0.8 pid 99)");
    }

    @Test
    void shouldRejectWhenRecordsAreOutOfOrder() {
        assertThatThrownBy(() -> new Roster(0, List.of(SECOND, FIRST)))
                .hasMessageContaining("expected rank 0 at position 0, found rank 1");
    }

    @Test
    void shouldRejectWhenADriverHasNoHost() {
        PeerRecord lost = new PeerRecord(1, "10.0.0.7", 124, 1, "");
        PeerRecord follower = new PeerRecord(2, "10.0.0.7", 125, 0, "");
        assertThat(new Roster(0, List.of(FIRST, lost, follower)).hostsDriver()).isTrue();

        assertThatThrownBy(() -> new Roster(0, List.of(FIRST, SECOND, new PeerRecord(2, "10.0.0.7", 125, 1, ""))))
                .hasMessageContaining("rank 2 (10.0.0.7 pid 125) uses the media driver of rank 1, which hosts none");
    }

    @Test
    void shouldSurviveTheCodecWhenSentToPeers() {
        Codec codec = new Codec(List.of(Hello.class, PeerRecord.class));
        Hello hello = new Hello(3, "10.0.0.9", 7, "abc", "/dev/shm/x", "/dev/shm/z", "/dev/shm/y", 65536);

        assertThat(codec.decode(codec.encode(THIRD), PeerRecord.class)).isEqualTo(THIRD);
        assertThat(codec.decode(codec.encode(hello), Hello.class)).isEqualTo(hello);
    }
}
