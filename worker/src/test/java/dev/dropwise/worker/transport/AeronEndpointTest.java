package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.PeerLostException;
import dev.dropwise.worker.membership.Roster;
import dev.dropwise.worker.membership.SharedMemoryToken;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong before ranks are connected, over a real media driver. */
class AeronEndpointTest {
    private static final RunTag TAG = RunTag.of("run", 1, "secret");

    @TempDir
    private Path directory = Path.of("");

    @Test
    @Timeout(20) // less than the deadline for connecting
    void shouldNameTheAddressAndLeaveNoDriverBehindWhenItIsNoneOfThisMachine() {
        // 192.0.2.0/24 is nobody's (RFC 5737).
        List<Hello> hellos = List.of(hello(0, "192.0.2.1", "", ""), hello(1, "127.0.0.1", "", ""));

        assertThatThrownBy(() -> AeronEndpoint.listen(0, hellos, TAG, Deadlines.standard()))
                .isInstanceOfSatisfying(
                        DropwiseException.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContainingAll("rank 0: cannot listen on udp 192.0.2.1:0", "an address of this machine");
        assertThat(directory.resolve("driver0")).doesNotExist();
    }

    @ParameterizedTest(name = "{0} ms after the other rank began to connect")
    @ValueSource(longs = {0, 500})
    @Timeout(20) // less than the deadline for connecting
    void shouldNameTheHostOfTheMediaDriverSoonWhenItIsGoneWhileRanksConnect(long afterMs) throws Exception {
        try (SharedMemoryToken zero = SharedMemoryToken.write(directory);
                SharedMemoryToken one = SharedMemoryToken.write(directory)) {
            List<Hello> hellos = List.of(hello(0, "127.0.0.1", zero), hello(1, "127.0.0.1", one));
            AeronEndpoint host = AeronEndpoint.listen(0, hellos, TAG, Deadlines.standard());
            try (AeronEndpoint guest = AeronEndpoint.listen(1, hellos, TAG, Deadlines.standard())) {
                Roster roster = new Roster(1, List.of(host.record(), guest.record()));
                if (afterMs == 0) {
                    host.close();
                }

                CompletableFuture<Transport> connecting = CompletableFuture.supplyAsync(() -> guest.connect(roster));
                TimeUnit.MILLISECONDS.sleep(afterMs);
                host.close();

                assertThatThrownBy(() -> connecting.get(15, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOfSatisfying(
                                PeerLostException.class,
                                lost -> assertThat(lost.lostRank()).isZero())
                        .hasMessageContainingAll("connect: rank 1: rank 0", "and with it the media driver");
            }
        }
    }

    private Hello hello(int rank, String host, SharedMemoryToken token) {
        return hello(rank, host, token.content(), token.file().toString());
    }

    private Hello hello(int rank, String host, String token, String tokenFile) {
        String driver = directory.resolve("driver" + rank).toString();
        return new Hello(rank, host, rank, token, tokenFile, "", driver, StreamSettings.SMALLEST_TERM);
    }
}
