package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.collectives.HostileStream.Kind;
import dev.dropwise.worker.collectives.HostileStream.Meeting;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.PeerRecord;
import dev.dropwise.worker.membership.Roster;
import dev.dropwise.worker.transport.BrokenFrameException;
import dev.dropwise.worker.transport.DroppedFrames;
import dev.dropwise.worker.transport.DroppedFrames.Reason;
import dev.dropwise.worker.transport.Faults;
import dev.dropwise.worker.transport.FrameSecret;
import dev.dropwise.worker.transport.Lane;
import dev.dropwise.worker.transport.LoopbackNetwork;
import dev.dropwise.worker.transport.RunTag;
import dev.dropwise.worker.transport.Sealing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Rank 0 reduces a vector with a peer whose frames were recorded, and meets hostile frames between them: over and over, on
 * one thread, until it has met 100,000.
 */
@Timeout(300)
class HostileFramesTest {
    private static final long SEED = 20_261_120;
    private static final int HOSTILE_FRAMES = 100_000;
    private static final int FLOATS = 192;
    private static final int PAYLOAD_BYTES = 128;
    private static final RunTag OTHER_RUN = RunTag.of("other", 1, "nonce");
    private static final RunTag OTHER_ATTEMPT = new RunTag(Ranks.TAG.run(), 2);
    private static final FrameSecret SECRET = secret(1);
    private static final Deadlines SHORT = Deadlines.standard().withStep(Duration.ofSeconds(5));
    private static final Roster ROSTER =
            new Roster(0, List.of(new PeerRecord(0, "host0", 100, 0, ""), new PeerRecord(1, "host1", 101, 1, "")));

    private static final float[] OWN = Vectors.values(SEED, 0, FLOATS);
    private static final float[] SUM = Vectors.treeSum(SEED, 2, FLOATS);

    private final Map<Kind, Integer> met = new EnumMap<>(Kind.class);
    private final Map<Reason, Long> dropped = new EnumMap<>(Reason.class);
    private int broken;
    private int summed;

    @Test
    void shouldSumRightOrNameTheFrameWhenFramesAreCheckedForDamage() {
        // given: without a secret a forged frame is as good as a genuine one
        Sealing sealing = Sealing.unkeyed(Ranks.TAG);
        List<byte[]> foreign = foreign(Sealing.unkeyed(OTHER_RUN), Sealing.unkeyed(OTHER_ATTEMPT));

        // when
        reduceAmong(sealing, foreign, List.of(), List.of(Kind.MUTATED, Kind.CUT, Kind.EARLY));

        // then
        assertThat(count(Reason.CORRUPT)).isEqualTo(count(Kind.MUTATED) + count(Kind.CUT));
        assertThat(count(Reason.FOREIGN_RUN) + count(Reason.FOREIGN_ATTEMPT)).isEqualTo(count(Kind.FOREIGN));
        assertThat(count(Reason.UNAUTHENTIC)).isZero();
    }

    @Test
    void shouldSumRightAmongThemWhenFramesAreSealed() {
        // given
        Sealing sealing = new Sealing(Ranks.TAG, SECRET);
        List<byte[]> foreign = foreign(new Sealing(OTHER_RUN, SECRET), new Sealing(OTHER_ATTEMPT, SECRET));
        List<byte[]> forged = foreign(Sealing.unkeyed(Ranks.TAG), new Sealing(Ranks.TAG, secret(2)));

        // when: only genuine frames in the wrong order show that some are missing
        reduceAmong(sealing, foreign, forged, List.of(Kind.EARLY));

        // then: what a mutated frame says of itself may be another run
        assertThat(count(Reason.CORRUPT)).isZero();
        assertThat(count(Reason.UNAUTHENTIC) + count(Reason.FOREIGN_RUN) + count(Reason.FOREIGN_ATTEMPT))
                .isEqualTo(count(Kind.MUTATED) + count(Kind.CUT) + count(Kind.FOREIGN) + count(Kind.FORGED));
        assertThat(count(Kind.FORGED)).isPositive();
        assertThat(count(Reason.UNAUTHENTIC)).isGreaterThanOrEqualTo(count(Kind.FORGED));
    }

    /** Reduces again and again until enough hostile frames were met; those of {@code deadly} kinds end an attempt. */
    private void reduceAmong(Sealing sealing, List<byte[]> foreign, List<byte[]> forged, List<Kind> deadly) {
        HostileStream stream = new HostileStream(new Random(SEED), genuine(sealing), foreign, forged);
        // As many as a stream survives: a few where most of them end it.
        int each = deadly.size() > 1 ? 3 : 40;
        for (int attempt = 0; total() < HOSTILE_FRAMES; attempt++) {
            Meeting meeting = stream.draw(each, deadly);
            reduce(sealing, meeting, "seed " + SEED + " attempt " + attempt);
            meeting.met().forEach((kind, count) -> met.merge(kind, count, Integer::sum));
        }
        System.out.println(
                "seed=" + SEED + " met=" + met + " dropped=" + dropped + " sums=" + summed + " broken=" + broken);
        // Every hostile frame that was met was counted, and all but the deadly ones did no harm.
        assertThat(dropped.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(total());
        assertThat(count(Reason.DUPLICATE)).isEqualTo(count(Kind.REPLAYED));
        assertThat(count(Reason.OUT_OF_ORDER)).isEqualTo(count(Kind.EARLY));
        assertThat(broken)
                .isEqualTo(
                        Math.toIntExact(deadly.stream().mapToLong(this::count).sum()));
        assertThat(summed).isPositive();
        assertThat(List.of(Kind.MUTATED, Kind.CUT, Kind.REPLAYED, Kind.FOREIGN, Kind.EARLY))
                .allSatisfy(kind -> assertThat(count(kind)).isPositive());
    }

    private void reduce(Sealing sealing, Meeting meeting, String which) {
        LoopbackNetwork network = new LoopbackNetwork(2, PAYLOAD_BYTES, Faults.none());
        meeting.frames().forEach(each -> network.inject(Lane.DATA, 1, 0, each));
        UnsafeBuffer vector = Vectors.direct(OWN);
        try (Collectives collectives =
                new Collectives(network.transport(0), network.chunks(0), ROSTER, sealing, SHORT)) {
            try {
                collectives.allReduce(vector, FLOATS, 7);
                assertThat(meeting.ends()).as(which).isEmpty();
                assertThat(Vectors.floats(vector)).as(which).isEqualTo(SUM);
                summed++;
            } catch (BrokenFrameException e) {
                assertThat(meeting.ends()).as("%s: %s", which, e.getMessage()).isNotEmpty();
                assertThat(e).as(which).hasMessageStartingWith("all-reduce step=7 phase=");
                broken++;
            }
            note(collectives.dropped());
            // The peer is gone, or rank 0 would wait for its goodbye.
            network.transport(1).close();
        }
    }

    private void note(DroppedFrames counted) {
        for (Reason each : Reason.values()) {
            dropped.merge(each, counted.of(each), Long::sum);
        }
    }

    /** What rank 1 sends rank 0 in an all-reduce in which nothing goes wrong. */
    private static List<byte[]> genuine(Sealing sealing) {
        LoopbackNetwork network = new LoopbackNetwork(2, PAYLOAD_BYTES, Faults.none());
        network.record();
        Ranks.loopback(2, network, sealing, SHORT, (rank, collectives) -> {
                    collectives.allReduce(Vectors.direct(Vectors.values(SEED, rank, FLOATS)), FLOATS, 7);
                    return rank;
                })
                .forEach(Ranks.Outcome::orThrow);
        assertThat(network.recorded(1, 0)).hasSize(6);
        return network.recorded(1, 0);
    }

    private static List<byte[]> foreign(Sealing... others) {
        List<byte[]> frames = new ArrayList<>();
        for (Sealing each : others) {
            frames.addAll(genuine(each));
        }
        return frames;
    }

    private long total() {
        return met.values().stream().mapToLong(Integer::longValue).sum();
    }

    private long count(Kind kind) {
        return met.getOrDefault(kind, 0);
    }

    private long count(Reason reason) {
        return dropped.getOrDefault(reason, 0L);
    }

    private static FrameSecret secret(int first) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) first;
        return new FrameSecret(bytes);
    }
}
