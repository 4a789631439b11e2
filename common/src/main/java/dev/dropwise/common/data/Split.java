package dev.dropwise.common.data;

/** The two parts in which a data set is published. */
public enum Split {
    /** Examples to train on; validation examples are held out of these. */
    TRAIN,
    /** Examples that only the final test may see. */
    TEST
}
