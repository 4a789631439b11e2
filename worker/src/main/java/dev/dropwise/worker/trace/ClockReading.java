package dev.dropwise.worker.trace;

/**
 * How a rank's {@link System#nanoTime} compared with that of rank 0 at one moment. Added to a time of this rank, the offset gives that of
 * rank 0.
 *
 * @param atNs when, by this rank's clock
 * @param offsetNs of rank 0's clock from this one
 * @param uncertaintyNs by which the offset may be wrong at most
 */
public record ClockReading(long atNs, long offsetNs, long uncertaintyNs) {}
