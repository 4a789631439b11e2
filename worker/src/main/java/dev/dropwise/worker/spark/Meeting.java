package dev.dropwise.worker.spark;

import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.collectives.ExchangeConfig;
import dev.dropwise.worker.collectives.ExchangeOpening;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.PeerRecord;
import dev.dropwise.worker.training.TrainingOrder;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.BarrierTaskContext;
import org.jspecify.annotations.Nullable;

/** Brings the ranks of a barrier stage together: two rounds, after which they are connected over Aeron. */
final class Meeting implements AutoCloseable {
    private final BarrierTaskContext task;
    private final TrainingOrder order;
    private @Nullable ExchangeOpening opening;

    Meeting(BarrierTaskContext task, TrainingOrder order) {
        this.task = task;
        this.order = order;
    }

    /**
     * Meets the others.
     *
     * @param vectorBytes gets this rank ready to train, and says how long the vector is that will be exchanged; what it throws ends the
     *     meeting on all ranks
     */
    Collectives meet(Callable<Long> vectorBytes) {
        Rendezvous rendezvous = new Rendezvous(task);
        List<Hello> hellos =
                rendezvous.round(Hello.class, () -> open(vectorBytes.call()).hello());
        List<PeerRecord> peers = rendezvous.round(PeerRecord.class, () -> opened().listen(hellos));
        return opened().connect(peers);
    }

    private ExchangeOpening open(long vectorBytes) {
        ExchangeConfig config = new ExchangeConfig(
                        order.runId(), order.attempt(), vectorBytes, true, Deadlines.standard())
                .withSecret(order.secret());
        ExchangeOpening begun =
                ExchangeOpening.begin(config, task.partitionId(), task.numPartitions(), TaskHost.name());
        opening = begun;
        return begun;
    }

    private ExchangeOpening opened() {
        if (opening == null) {
            throw new IllegalStateException("the first round opens the exchange");
        }
        return opening;
    }

    @Override
    public void close() {
        if (opening != null) {
            opening.close();
        }
    }
}
