package dev.dropwise.worker.progress;

import java.util.List;

/**
 * A worker as {@code run.json} shows it.
 *
 * @param rank 0 until world size
 * @param host as Spark names it
 * @param pid of the executor JVM
 * @param shards that the rank owns
 * @param trainingExamples in those shards
 */
public record WorkerFacts(int rank, String host, long pid, List<Integer> shards, long trainingExamples) {}
