package dev.dropwise.worker.diagnosis;

/**
 * Who meets whom when every rank meets every other one, two at a time: as in a tournament, so that all pairs of a round meet at once and
 * nobody disturbs a pair's measurement by talking to one of them.
 *
 * @param worldSize ranks, at least 1
 */
public record PairRounds(int worldSize) {
    /** Rounds until all have met: one less than ranks, and one more where somebody sits out in each. */
    public int count() {
        return worldSize < 2 ? 0 : even() - 1;
    }

    /**
     * Whom {@code rank} meets in {@code round}, or -1 when it sits out. Round by round a rank on a circle meets its mirror image, and the
     * one who is its own mirror image meets the last, who stands outside.
     */
    public int opponent(int rank, int round) {
        int circle = even() - 1;
        int last = even() - 1;
        int other;
        if (rank == last) {
            other = (int) ((long) round * (even() / 2) % circle);
        } else {
            int mirror = Math.floorMod(round - rank, circle);
            other = mirror == rank ? last : mirror;
        }
        return other < worldSize ? other : -1;
    }

    private int even() {
        return worldSize + worldSize % 2;
    }
}
