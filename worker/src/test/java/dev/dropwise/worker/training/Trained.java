package dev.dropwise.worker.training;

import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.progress.RunResult;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run that ended well has left.
 *
 * @param results of each rank
 * @param events that all ranks have sent, those of one rank in order
 * @param model bytes of {@code model.zip}
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content where it is compared.
record Trained(List<RunResult> results, List<RunEvent> events, byte[] model) {
    /** What must not depend on time or place. */
    record Numbers(
            int epoch,
            long step,
            double trainLoss,
            double validationLoss,
            double validationAccuracy,
            String parameterDigest) {}

    List<EpochReport> epochs() {
        return events(RunEvent.EpochDone.class).map(RunEvent.EpochDone::report).toList();
    }

    List<Numbers> numbers() {
        return epochs().stream()
                .map(report -> new Numbers(
                        report.epoch(),
                        report.step(),
                        report.trainLoss(),
                        report.validationLoss(),
                        report.validationAccuracy(),
                        report.parameterDigest()))
                .toList();
    }

    List<String> parameterDigests() {
        return epochs().stream().map(EpochReport::parameterDigest).toList();
    }

    /** Digests of the masks by shard. */
    List<String> maskDigests() {
        return events(RunEvent.Audited.class)
                .flatMap(audited -> audited.digests().stream())
                .flatMap(List::stream)
                .toList();
    }

    List<String> warnings() {
        return events(RunEvent.Warned.class).map(RunEvent.Warned::text).toList();
    }

    RunResult result() {
        return results.get(0);
    }

    <E extends RunEvent> Stream<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast);
    }
}
