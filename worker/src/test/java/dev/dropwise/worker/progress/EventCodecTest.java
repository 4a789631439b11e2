package dev.dropwise.worker.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.trace.ClockReading;
import dev.dropwise.worker.trace.RankTimeline;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class EventCodecTest {
    private static final long SEED = 5;
    private static final int MUTATIONS = 10_000;

    private static final RankTimeline TIMELINE = new RankTimeline(
            new RankTimeline.Source(2, "c", 7, 1L << 60), List.of(new ClockReading(1, -2, 3)), 1, 5, new byte[] {1, 2, 3
            });

    private final EventCodec codec = new EventCodec();

    static List<RunEvent> events() {
        EpochReport.Seconds seconds = new EpochReport.Seconds(1.5, 0.25, 0, 1e-9);
        EpochReport report = new EpochReport(
                1,
                469,
                0.4,
                Double.NaN,
                0.97,
                40_000,
                seconds,
                seconds,
                new EpochReport.Exchange(1L << 40, 470, "aeron:ipc+udp"),
                "c0ffee",
                List.of(new EpochReport.Waits(0, 0.25, List.of(0.0, 0.25))));
        return List.of(
                new RunEvent.Met(
                        2,
                        List.of(
                                new WorkerFacts(0, "a", 1L << 33, List.of(0, 1), 60_000),
                                new WorkerFacts(1, "b", 7, List.of(), 0)),
                        "onednn-avx512/SkylakeX/1",
                        "aeron:ipc",
                        397_510,
                        3,
                        List.of(report)),
                new RunEvent.Audited(1, List.of(List.of("aa", "bb"), List.of("cc"), List.of())),
                new RunEvent.Stepped(1, 2, 3, 469, Double.NaN, 41_234.5),
                new RunEvent.EpochDone(1, report),
                new RunEvent.Warned(1, 0, "checkpoint of epoch 3 passed over: \u201cdamaged\u201d"),
                new RunEvent.Failed(
                        1, 3, "c", DropwiseException.Category.RETRYABLE, ExitCode.TRY_LATER, "rank 2 (c) silent"));
    }

    static List<RankOutcome> outcomes() {
        return List.of(
                new RankOutcome.Trained(1, new RunResult(0.98, 0.07, Double.NaN, 9, 10), RankTimeline.NONE),
                new RankOutcome.GaveUp(
                        2,
                        new RunEvent.Failed(
                                1, 2, "c", DropwiseException.Category.FATAL, ExitCode.BAD_DATA, "wrong magic"),
                        TIMELINE));
    }

    @ParameterizedTest
    @MethodSource("events")
    void shouldArriveUnchangedWhenAnEventIsSent(RunEvent event) {
        assertThat(codec.decode(codec.encode(event))).isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void shouldArriveUnchangedWhenAnOutcomeIsReturned(RankOutcome outcome) {
        assertThat(codec.decodeOutcome(codec.encode(outcome))).isEqualTo(outcome);
    }

    @Test
    void shouldCoverEveryKindWhenTheTestsValuesAreCounted() {
        assertThat(events()).extracting(Object::getClass).hasSize(RunEvent.class.getPermittedSubclasses().length);
        assertThat(outcomes()).extracting(Object::getClass).hasSize(RankOutcome.class.getPermittedSubclasses().length);
    }

    @Test
    void shouldNameBothTypesWhenAnOutcomeIsTakenForAnEvent() {
        byte[] outcome = codec.encode(outcomes().get(0));

        assertThatThrownBy(() -> codec.decode(outcome))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("expected one RunEvent")
                .hasMessageContaining("found Trained");
    }

    @Test
    void shouldThrowNothingButAFailureWithACategoryWhenBytesAreMutated() {
        Random random = new Random(SEED);
        List<byte[]> encoded = events().stream().map(codec::encode).toList();
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = encoded.get(i % encoded.size()).clone();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            byte[] mutated = random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length));
            try {
                RunEvent decoded = codec.decode(mutated);
                fail("seed " + SEED + " mutation " + i + ": expected a failure, found " + decoded);
            } catch (DropwiseException e) {
                assertThat(e.category()).isEqualTo(DropwiseException.Category.FATAL);
            }
        }
    }
}
