package dev.dropwise.worker.transport;

/**
 * What goes wrong in a {@link LoopbackNetwork}: probabilities by frame of the data lane, drawn from a seed, and at most
 * one rank that is struck when it is about to send its first frame of a kind.
 */
public record Faults(
        long seed, double drop, double duplicate, double delay, double overtake, double corrupt, Strike strike) {
    /** What happens to a rank. */
    public enum Effect {
        /** Nothing does. */
        NONE,
        /** Its thread ends and its streams with it, as after a kill. */
        KILL,
        /** Its thread stands still, its streams stay open. */
        FREEZE
    }

    /** Which rank is struck, how, and at which frame. */
    public record Strike(Effect effect, int rank, FrameKind at) {}

    private static final Strike NO_STRIKE = new Strike(Effect.NONE, -1, FrameKind.GOODBYE);

    public static Faults none() {
        return new Faults(0, 0, 0, 0, 0, 0, NO_STRIKE);
    }

    public static Faults dropping(long seed, double probability) {
        return new Faults(seed, probability, 0, 0, 0, 0, NO_STRIKE);
    }

    public static Faults duplicating(long seed, double probability) {
        return new Faults(seed, 0, probability, 0, 0, 0, NO_STRIKE);
    }

    public static Faults delaying(long seed, double probability) {
        return new Faults(seed, 0, 0, probability, 0, 0, NO_STRIKE);
    }

    public static Faults overtaking(long seed, double probability) {
        return new Faults(seed, 0, 0, 0, probability, 0, NO_STRIKE);
    }

    public static Faults corrupting(long seed, double probability) {
        return new Faults(seed, 0, 0, 0, 0, probability, NO_STRIKE);
    }

    public static Faults striking(Effect effect, int rank, FrameKind at) {
        return new Faults(0, 0, 0, 0, 0, 0, new Strike(effect, rank, at));
    }
}
