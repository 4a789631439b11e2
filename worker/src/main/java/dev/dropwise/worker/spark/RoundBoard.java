package dev.dropwise.worker.spark;

import dev.dropwise.worker.spark.RoundPost.RoundId;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The driver's side of a {@link Rendezvous}: holds what ranks post in a round until all of them have seen all of it. Never waits, since
 * it is called on Spark's RPC thread: a rank posts again until it gets a full answer. Thread-safe.
 */
final class RoundBoard {
    // Rounds of attempts that ended in the middle stay; more than these have been given up long ago.
    private static final int KEPT = 64;

    private final Map<RoundId, Round> rounds = new LinkedHashMap<>();

    /**
     * Takes a rank's record; again is fine.
     *
     * @return the records of all ranks so far, by rank; null for those that have not come
     * @throws IllegalArgumentException when the post contradicts an earlier one of its round
     */
    synchronized byte[] @Nullable [] post(RoundPost post) {
        Round round = rounds.computeIfAbsent(post.round(), id -> new Round(post.worldSize()));
        round.enter(post);
        if (round.isSeenByAll()) {
            rounds.remove(post.round());
        } else if (rounds.size() > KEPT) {
            rounds.remove(rounds.keySet().iterator().next());
        }
        return round.records.clone();
    }

    /** How many rounds are not over. */
    synchronized int open() {
        return rounds.size();
    }

    private static final class Round {
        private final byte[] @Nullable [] records;
        private final BitSet seen = new BitSet();
        private int entered;

        Round(int worldSize) {
            records = new byte[worldSize][];
        }

        void enter(RoundPost post) {
            if (post.worldSize() != records.length || post.rank() < 0 || post.rank() >= records.length) {
                throw new IllegalArgumentException(post.round() + ": expected ranks below " + records.length
                        + ", found rank " + post.rank() + " of " + post.worldSize());
            }
            byte[] before = records[post.rank()];
            if (before == null) {
                records[post.rank()] = post.record();
                entered++;
            } else if (!Arrays.equals(before, post.record())) {
                throw new IllegalArgumentException(post.round() + ": rank " + post.rank()
                        + " has posted another record before; one rendezvous a task");
            }
            if (entered == records.length) {
                seen.set(post.rank());
            }
        }

        boolean isSeenByAll() {
            return seen.cardinality() == records.length;
        }
    }
}
