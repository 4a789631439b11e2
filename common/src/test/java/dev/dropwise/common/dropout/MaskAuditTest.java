package dev.dropwise.common.dropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.random.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class MaskAuditTest {
    private static final MaskKeying STREAMS = MaskKeying.of(99);

    @Test
    void shouldPassWhenEveryStreamHasItsOwnKey() {
        List<MaskRecord> records = train(STREAMS, 4, 5, true);

        // 4 shards, 2 sites and the first 3 of 5 steps.
        assertThat(records).hasSize(24);
        assertThatCode(() -> MaskAudit.verify(records)).doesNotThrowAnyException();
    }

    @Test
    void shouldPassWhenGaussianNoiseHasNoVariance() {
        MaskContext context = new MaskContext(STREAMS, 3);
        MultiLayerConfiguration configuration = TestNetwork.configuration();
        configuration.getConf(0).getLayer().setIDropout(new GaussianDropout(0));
        MultiLayerNetwork network = TestNetwork.of(configuration);
        context.bind(network);
        for (int step = 0; step < 3; step++) {
            context.moveTo(0, 0, step);
            TestNetwork.pass(network);
        }

        assertThat(context.records()).extracting(MaskRecord::site).containsExactly(1, 1, 1);
        assertThatCode(() -> MaskAudit.verify(context.records())).doesNotThrowAnyException();
    }

    @Test
    void shouldNotRaiseFalseAlarmsWhenManyRunsAreCorrect() {
        for (int run = 0; run < 200; run++) {
            MaskKeying keying = MaskKeying.of(run);
            MaskRecorder recorder = new MaskRecorder(3);
            BernoulliMask mask = new BernoulliMask();
            for (int i = 0; i < 24; i++) {
                int shard = i / 6;
                int site = i / 3 % 2;
                double drop = site == 0 ? 0.2 : 0.5;
                mask.draw(keying.key(shard, site, 0, i % 3), drop, DataType.FLOAT, new long[] {64, 64 + site});
                recorder.record(shard, site, drop, mask);
            }

            assertThatCode(() -> MaskAudit.verify(recorder.records()))
                    .as("run seed %s", run)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void shouldNameBothShardsWhenTheyShareASeed() {
        MaskKeying planted = (shard, site, epoch, step) -> STREAMS.key(0, site, epoch, step);

        assertFails(train(planted, 2, 3, true), "(shard 0 site 0 step 0)", "(shard 1 site 0 step 0)", "equal");
    }

    @Test
    void shouldNameBothSitesWhenTheyShareAStream() {
        MaskKeying planted = (shard, site, epoch, step) -> STREAMS.key(shard, 0, epoch, step);

        // Other shapes and probabilities, so other digests; but where the hidden mask keeps, the input mask does too.
        assertFails(train(planted, 1, 3, true), "(shard 0 site 0 step 0)", "(shard 0 site 1 step 0)", "agree in");
    }

    @Test
    void shouldNameBothStepsWhenTheTrainingLoopStandsStill() {
        assertFails(train(STREAMS, 1, 3, false), "(shard 0 site 0 step 0)", "(shard 0 site 0 step 1)", "equal");
    }

    @Test
    void shouldNameBothStepsWhenTheKeyIgnoresTheStep() {
        MaskKeying planted = (shard, site, epoch, step) -> STREAMS.key(shard, site, epoch, 0);

        assertFails(train(planted, 1, 2, true), "(shard 0 site 0 step 0)", "(shard 0 site 0 step 1)", "equal");
    }

    @Test
    void shouldFailWhenSeedsAreAddedUpInsteadOfHashed() {
        MaskKeying planted = (shard, site, epoch, step) -> STREAMS.key(0, site, epoch, shard + step);

        assertFails(train(planted, 2, 3, true), "(shard 0 site 0 step 1)", "(shard 1 site 0 step 0)", "equal");
    }

    @Test
    void shouldFailWhenMasksAgreeTooOftenOrTooRarely() {
        byte[] first = randomSample(1);
        byte[] related = first.clone();
        // A tenth of the elements copied: agreement 0.55 instead of 0.5, six standard errors.
        byte[] independent = randomSample(2);
        System.arraycopy(independent, 0, related, 0, MaskRecord.SAMPLE_BITS / 8 * 9 / 10);
        byte[] opposite = first.clone();
        for (int i = 0; i < opposite.length; i++) {
            opposite[i] = (byte) ~opposite[i];
        }

        assertFails(List.of(record(0, first), record(1, related)), "agree in a fraction of 0.5", "expected 0.5000");
        assertFails(List.of(record(0, first), record(1, opposite)), "agree in a fraction of 0.0000");
        assertThatCode(() -> MaskAudit.verify(List.of(record(0, first), record(1, independent))))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldPassOverMasksWhenTheyAreTooSmallToJudge() {
        byte[] digest = new byte[32];
        MaskRecord small = new MaskRecord(0, 0, 0, 0.5, 16, digest, new byte[2]);
        MaskRecord same = new MaskRecord(1, 0, 0, 0.5, 16, digest, new byte[2]);

        assertThatCode(() -> MaskAudit.verify(List.of(small, same))).doesNotThrowAnyException();
    }

    @Test
    void shouldCompareNeighboursFirstAndStayBoundedWhenTheJobIsLarge() {
        List<MaskRecord> records = new ArrayList<>();
        for (int shard = 0; shard < 300; shard++) {
            for (int step = 0; step < 3; step++) {
                records.add(new MaskRecord(shard, 0, step, 0.5, 8, new byte[32], new byte[1]));
            }
        }

        List<MaskPairs.Pair> pairs = MaskPairs.of(records);

        assertThat(pairs).hasSize(MaskPairs.LIMIT).isEqualTo(MaskPairs.of(records));
        assertThat(pairs).allSatisfy(pair -> {
            int differing = (pair.first().shard() != pair.second().shard() ? 1 : 0)
                    + (pair.first().step() != pair.second().step() ? 1 : 0);
            assertThat(differing).isEqualTo(1);
        });
        assertThat(pairs).contains(new MaskPairs.Pair(records.get(0), records.get(3)));
    }

    @Test
    void shouldGiveEachShardADigestThatRepeatsWhenTheRunRepeats() {
        List<MaskRecord> records = train(STREAMS, 2, 3, true);
        List<MaskRecord> again = new ArrayList<>(train(STREAMS, 2, 4, true));
        java.util.Collections.reverse(again);

        assertThat(MaskAudit.shardDigest(records, 0))
                .hasSize(64)
                .isEqualTo(MaskAudit.shardDigest(again, 0))
                .isNotEqualTo(MaskAudit.shardDigest(records, 1));
        assertThat(MaskAudit.shardDigest(train(MaskKeying.of(98), 1, 3, true), 0))
                .isNotEqualTo(MaskAudit.shardDigest(records, 0));
    }

    @Test
    void shouldArriveUnchangedWhenSentToAnotherRank() {
        var codec = new Codec(List.of(MaskRecord.class));
        MaskRecord record = train(STREAMS, 1, 1, true).get(0);

        assertThat(codec.decode(codec.encode(record), MaskRecord.class))
                .isEqualTo(record)
                .hasSameHashCodeAs(record);
    }

    private static void assertFails(List<MaskRecord> records, String... parts) {
        assertThatThrownBy(() -> MaskAudit.verify(records))
                .isInstanceOfSatisfying(
                        DropwiseException.class,
                        failure -> assertThat(failure.category()).isEqualTo(DropwiseException.Category.FATAL))
                .hasMessageContainingAll(parts);
    }

    /** Real passes of a real network; {@code advancing} false is a loop that forgets to move on. */
    private static List<MaskRecord> train(MaskKeying keying, int shards, int steps, boolean advancing) {
        MultiLayerNetwork network = TestNetwork.create();
        MaskContext context = new MaskContext(keying, MaskContext.RECORDED_PASSES);
        context.bind(network);
        for (int step = 0; step < steps; step++) {
            for (int shard = 0; shard < shards; shard++) {
                context.moveTo(shard, 0, advancing ? step : 0);
                TestNetwork.pass(network);
            }
        }
        return context.records();
    }

    private static MaskRecord record(int shard, byte[] sample) {
        byte[] digest = new byte[32];
        digest[0] = (byte) shard;
        return new MaskRecord(shard, 0, 0, 0.5, MaskRecord.SAMPLE_BITS, digest, sample);
    }

    private static byte[] randomSample(long seed) {
        RandomGenerator random = new StreamKey(seed).generator();
        byte[] sample = new byte[MaskRecord.SAMPLE_BITS / 8];
        random.nextBytes(sample);
        return sample;
    }
}
