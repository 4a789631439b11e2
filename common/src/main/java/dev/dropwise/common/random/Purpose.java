package dev.dropwise.common.random;

/** What a random number is for. Purposes never share a stream. The tag is part of the key: never renumber. */
public enum Purpose {
    /** Initial weights of the network. */
    INIT(1),
    /** Order of a shard's examples in an epoch. */
    SHUFFLE(2),
    /** Dropout masks and other training noise. */
    MASK(3),
    /** Random distortion of training examples. */
    AUGMENTATION(4),
    /** Which training examples are held out for validation. */
    SPLIT(5),
    /** Masks of Monte Carlo passes after training. */
    MONTE_CARLO(6);

    private final int tag;

    Purpose(int tag) {
        this.tag = tag;
    }

    int tag() {
        return tag;
    }
}
