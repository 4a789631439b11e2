package dev.dropwise.worker.collectives;

/**
 * What a rank's exchange has cost since it was opened; differences of two of these belong to the time between.
 *
 * @param bytes of payload sent, and laid into shared memory, for each rank that takes them
 * @param rounds collectives done
 * @param exchangeNs spent moving and summing, without updates that are done on the way
 * @param waitNs spent idle until the slowest peer's first data came
 */
public record Totals(long bytes, long rounds, long exchangeNs, long waitNs) {}
