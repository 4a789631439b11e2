package dev.dropwise.worker.transport;

/** The two streams between each pair of ranks and direction. */
public enum Lane {
    /** Frames of collectives, in order, held back by the receiver until it has come to their round. */
    DATA(0),
    /** Aborts and goodbyes, which must get past data that nobody is reading. */
    CONTROL(1);

    /** How many lanes there are. */
    static final int COUNT = 2;

    private final int index;

    Lane(int index) {
        this.index = index;
    }

    /** From 0, for arrays and stream ids. */
    int index() {
        return index;
    }
}
