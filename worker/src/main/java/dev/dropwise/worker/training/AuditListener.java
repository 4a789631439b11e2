package dev.dropwise.worker.training;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.dropout.MaskAudit;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.dropout.MaskRecord;
import dev.dropwise.worker.collectives.Collectives;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Audits the masks of an attempt's first steps over all ranks, once: equal or correlated masks of two shards, sites or steps end the run.
 */
final class AuditListener implements StepListener {
    private final MaskContext masks;
    private final Collectives collectives;
    private final int stepsPerEpoch;
    private final Consumer<List<MaskRecord>> passed;
    private int seen;
    private boolean done;

    /**
     * @param passed told of all ranks' records, in shard order, when the audit has passed
     */
    AuditListener(MaskContext masks, Collectives collectives, int stepsPerEpoch, Consumer<List<MaskRecord>> passed) {
        this.masks = masks;
        this.collectives = collectives;
        this.stepsPerEpoch = stepsPerEpoch;
        this.passed = passed;
    }

    @Override
    public void stepped(int epoch, int step, long globalStep, double lossSum) {
        seen++;
        if (!done && (seen == MaskContext.RECORDED_PASSES || seen == stepsPerEpoch)) {
            done = true;
            audit(globalStep);
        }
    }

    private void audit(long globalStep) {
        List<MaskRecord> all = new ArrayList<>();
        Codec codec = new Codec(List.of(MaskRecord.class, Records.class));
        byte[] own = codec.encode(new Records(masks.records()));
        for (byte[] bytes : collectives.allGather(own, globalStep)) {
            all.addAll(codec.decode(bytes, Records.class).records());
        }
        MaskAudit.verify(all);
        passed.accept(List.copyOf(all));
    }

    /** One rank's records on their way. */
    private record Records(List<MaskRecord> records) {}
}
