package dev.dropwise.driver.doctor;

import dev.dropwise.worker.diagnosis.RankFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes one line of what several ranks have found alike. */
final class RankGroups {
    private RankGroups() {}

    /** One finding for every group of ranks with an equal one; what they found begins with who they are. */
    static List<Finding> merge(List<RankFacts> ranks, Function<RankFacts, Finding> judgement) {
        Map<Finding, List<RankFacts>> groups = new LinkedHashMap<>();
        ranks.forEach(each -> groups.computeIfAbsent(judgement.apply(each), finding -> new ArrayList<>())
                .add(each));
        return groups.entrySet().stream()
                .map(group -> named(group.getKey(), group.getValue(), ranks.size()))
                .toList();
    }

    private static Finding named(Finding finding, List<RankFacts> group, int worldSize) {
        String who = group.size() == worldSize && worldSize > 1 ? "all " + worldSize + " ranks" : names(group);
        return new Finding(
                finding.status(),
                finding.subject(),
                who + ": " + finding.found(),
                finding.remedy(),
                finding.exitCode());
    }

    private static String names(List<RankFacts> group) {
        return group.stream().map(RankGroups::name).collect(Collectors.joining(", "));
    }

    static String name(RankFacts rank) {
        return "rank " + rank.rank() + " on " + rank.host();
    }
}
