package dev.dropwise.driver.reproduce;

/** How much of an experiment is done. */
public enum Extent {
    /** All that its recipe names. */
    FULL,
    /** Less: fewer seeds and settings, or for a limited time. */
    QUICK,
    /** What an earlier process left undone of the full one in the same directory. */
    REST
}
