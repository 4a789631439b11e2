package dev.dropwise.driver.doctor;

import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.diagnosis.Answer;
import dev.dropwise.worker.diagnosis.RankFacts;
import dev.dropwise.worker.diagnosis.RankFacts.LinkFacts;
import dev.dropwise.worker.diagnosis.RankFacts.LinkSpeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Judges how ranks reach one another: a line for every pair. */
final class LinkChecks {
    static final String REACH = "reach";

    private static final String UDP = "aeron:udp";
    private static final String FIREWALL =
            "allow UDP between all ports of these hosts; the address is Spark's own: set SPARK_LOCAL_IP on each host to one"
                    + " that the others reach";

    private final List<RankFacts> ranks;

    /**
     * @param ranks in their order
     */
    LinkChecks(List<RankFacts> ranks) {
        this.ranks = ranks;
    }

    /** Whether any rank reaches another one by UDP, or would if it could. */
    boolean anyUdp() {
        return ranks.stream()
                .flatMap(rank -> rank.links().stream())
                .anyMatch(link -> !link.endpoint().isEmpty());
    }

    /** A line for every pair. */
    List<Finding> pairs() {
        if (ranks.size() == 1) {
            return List.of(Finding.ok(REACH, "one rank has nobody to reach"));
        }
        List<Finding> findings = new ArrayList<>();
        for (RankFacts rank : ranks) {
            for (RankFacts other : ranks.subList(rank.rank() + 1, ranks.size())) {
                findings.add(pair(rank, other));
            }
        }
        return findings;
    }

    private static Finding pair(RankFacts rank, RankFacts other) {
        Answer<LinkSpeed> there = link(rank, other).map(LinkFacts::speed).orElseThrow();
        Answer<LinkSpeed> back = link(other, rank).map(LinkFacts::speed).orElseThrow();
        if (there instanceof Answer.Found<LinkSpeed> forth && back instanceof Answer.Found<LinkSpeed> home) {
            return measured(rank, other, forth.value(), home.value());
        }
        // Of a rank that only found that the other one had not opened its end there is nothing to learn.
        return there instanceof Answer.Problem<LinkSpeed> problem
                        && (problem.exitCode() != ExitCode.UNAVAILABLE || back instanceof Answer.Found<LinkSpeed>)
                ? broken(rank, other, problem)
                : broken(other, rank, (Answer.Problem<LinkSpeed>) back);
    }

    private static Finding measured(RankFacts rank, RankFacts other, LinkSpeed there, LinkSpeed back) {
        String found = String.format(
                Locale.ROOT,
                "%s and %s: %s, round trip %.0f us, %s there, %s back",
                RankGroups.name(rank),
                RankGroups.name(other),
                there.transport(),
                (there.roundTripUs() + back.roundTripUs()) / 2,
                Sizes.speed(there.bytesPerSecond()),
                Sizes.speed(back.bytesPerSecond()));
        return rank.host().equals(other.host()) && there.transport().equals(UDP)
                ? Finding.warn(
                        REACH,
                        found + ", though both are on one host",
                        "let containers of one host share /dev/shm, and run as one user, to use memory instead")
                : Finding.ok(REACH, found);
    }

    private static Finding broken(RankFacts from, RankFacts to, Answer.Problem<LinkSpeed> problem) {
        String endpoint = link(from, to).map(LinkFacts::endpoint).orElse("");
        if (problem.exitCode() != ExitCode.TRY_LATER) {
            return Finding.fail(REACH, RankGroups.name(from) + ": " + problem.message(), problem.exitCode());
        }
        // Its own message counts the ranks of the pair, not of the job.
        return Finding.fail(
                REACH,
                RankGroups.name(from) + " cannot reach rank " + to.rank() + " on "
                        + (endpoint.isEmpty() ? to.host() + " through shared memory" : endpoint),
                endpoint.isEmpty() ? "free /dev/shm there, and look for a reason in the executor's log" : FIREWALL,
                ExitCode.UNAVAILABLE);
    }

    private static Optional<LinkFacts> link(RankFacts from, RankFacts to) {
        return from.links().stream().filter(link -> link.peer() == to.rank()).findFirst();
    }
}
