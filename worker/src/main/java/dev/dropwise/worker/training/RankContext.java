package dev.dropwise.worker.training;

import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.progress.ProgressSink;
import dev.dropwise.worker.trace.Timeline;
import org.apache.hadoop.conf.Configuration;

/**
 * What a rank finds around it.
 *
 * @param collectives connected to all other ranks
 * @param host this one, as Spark names it
 * @param kernelClass settled in this JVM
 * @param hadoop how to reach file systems
 * @param progress where events go
 * @param timeline where spans go
 */
public record RankContext(
        Collectives collectives,
        String host,
        String kernelClass,
        Configuration hadoop,
        ProgressSink progress,
        Timeline timeline) {
    /** This rank. */
    int rank() {
        return collectives.roster().rank();
    }

    /** How many ranks there are. */
    int worldSize() {
        return collectives.roster().worldSize();
    }
}
