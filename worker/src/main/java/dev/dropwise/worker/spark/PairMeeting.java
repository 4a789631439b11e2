package dev.dropwise.worker.spark;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.collectives.ExchangeConfig;
import dev.dropwise.worker.collectives.ExchangeOpening;
import dev.dropwise.worker.diagnosis.Answer;
import dev.dropwise.worker.diagnosis.DiagnosisCodec;
import dev.dropwise.worker.diagnosis.LinkProbe;
import dev.dropwise.worker.diagnosis.PairRounds;
import dev.dropwise.worker.diagnosis.RankFacts.LinkFacts;
import dev.dropwise.worker.diagnosis.RankFacts.LinkSpeed;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.PeerRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.BarrierTaskContext;

/**
 * One pair of ranks after the other meets over the real exchange, as a world of two, and measures the way between them. A pair that fails
 * does so alone: all ranks go through all rounds of the rendezvous, whatever happens in between.
 */
final class PairMeeting {
    // Shorter than a training job's: a healthy way takes a fraction of a second, and every round waits for its worst
    // pair.
    static final Deadlines DEADLINES =
            new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofSeconds(2), Duration.ofSeconds(3));

    private final Rendezvous rendezvous;
    private final DiagnosisCodec codec = new DiagnosisCodec();
    private final String runId;
    private final Deadlines deadlines;
    private final int rank;
    private final PairRounds rounds;

    PairMeeting(BarrierTaskContext task, String runId, Deadlines deadlines) {
        this.deadlines = deadlines;
        this.rendezvous = new Rendezvous(task);
        this.runId = runId;
        this.rank = task.partitionId();
        this.rounds = new PairRounds(task.numPartitions());
    }

    /** What a rank says in a round: its record, encoded; no bytes when it sits out or has failed. */
    @SuppressWarnings("ArrayRecordComponent") // Bytes in transit: never compared.
    record Posting(byte[] record) {
        static final Posting NOTHING = new Posting(new byte[0]);
    }

    /** Meets all others in turn. */
    List<LinkFacts> meetAll() {
        List<LinkFacts> links = new ArrayList<>();
        for (int round = 0; round < rounds.count(); round++) {
            int peer = rounds.opponent(rank, round);
            if (peer < 0) {
                rendezvous.round(Posting.class, () -> Posting.NOTHING);
                rendezvous.round(Posting.class, () -> Posting.NOTHING);
            } else {
                links.add(meet(round, peer));
            }
        }
        return links;
    }

    private LinkFacts meet(int round, int peer) {
        Answer<ExchangeOpening> begun = Answer.of(() -> begin(round, peer));
        try {
            List<Posting> hellos = rendezvous.round(
                    Posting.class,
                    () -> ifFound(begun).map(each -> posting(each.hello())).orElse(Posting.NOTHING));
            Answer<PeerRecord> listening = Answer.of(() -> orThrow(begun).listen(pair(hellos, peer, Hello.class)));
            List<Posting> records = rendezvous.round(
                    Posting.class, () -> ifFound(listening).map(this::posting).orElse(Posting.NOTHING));
            Answer<LinkSpeed> speed = Answer.of(() -> {
                orThrow(listening);
                return measure(orThrow(begun), pair(records, peer, PeerRecord.class));
            });
            Optional<PeerRecord> there = decoded(records.get(peer), PeerRecord.class);
            return new LinkFacts(
                    peer,
                    decoded(hellos.get(peer), Hello.class).map(Hello::host).orElse(""),
                    there.map(PeerRecord::endpoint).orElse(""),
                    speed);
        } finally {
            ifFound(begun).ifPresent(ExchangeOpening::close);
        }
    }

    private ExchangeOpening begin(int round, int peer) {
        ExchangeConfig config =
                new ExchangeConfig(runId, round + 1, LinkProbe.BULK_BYTES, true, deadlines).withoutChunks();
        return ExchangeOpening.begin(config, rank < peer ? 0 : 1, 2, TaskHost.name());
    }

    private static LinkSpeed measure(ExchangeOpening opening, List<PeerRecord> pair) {
        try (Collectives collectives = opening.connect(pair)) {
            return new LinkProbe(collectives).measure();
        }
    }

    private <T> List<T> pair(List<Posting> postings, int peer, Class<T> type) {
        return List.of(posted(postings, Math.min(rank, peer), type), posted(postings, Math.max(rank, peer), type));
    }

    private <T> T posted(List<Posting> postings, int of, Class<T> type) {
        return decoded(postings.get(of), type)
                .orElseThrow(
                        () -> DropwiseException.unavailable("rank " + of + " has not opened its end of the exchange"));
    }

    private Posting posting(Object record) {
        return new Posting(codec.encode(record));
    }

    private <T> Optional<T> decoded(Posting posting, Class<T> type) {
        return posting.record().length == 0 ? Optional.empty() : Optional.of(codec.decode(posting.record(), type));
    }

    private static <T> T orThrow(Answer<T> answer) {
        if (answer instanceof Answer.Problem<T> problem) {
            throw new DropwiseException(DropwiseException.Category.FATAL, problem.exitCode(), problem.message(), null);
        }
        return ((Answer.Found<T>) answer).value();
    }

    private static <T> Optional<T> ifFound(Answer<T> answer) {
        return answer instanceof Answer.Found<T> found ? Optional.of(found.value()) : Optional.empty();
    }
}
