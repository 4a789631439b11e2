package dev.dropwise.worker.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/** One barrier job of Spark: all of its tasks, one per rank, run at the same time or not at all. */
public final class BarrierJob {
    private BarrierJob() {}

    /** What every rank runs. Bytes out, because Spark's Kryo cannot carry records. */
    public interface RankProgram extends Serializable {
        /**
         * Runs one rank.
         *
         * @param context of its task
         * @return what the driver gets
         */
        byte[] run(BarrierTaskContext context);
    }

    /**
     * Runs {@code program} on {@code worldSize} ranks and waits for all of them.
     *
     * @return what they returned, by rank
     */
    public static List<byte[]> run(JavaSparkContext spark, int worldSize, RankProgram program) {
        // Spark must interrupt the tasks of a failed stage: a rank that waits for a dead one would otherwise go on
        // waiting.
        spark.setLocalProperty("spark.job.interruptOnCancel", "true");
        RDD<Integer> ranks = spark.parallelize(
                        IntStream.range(0, worldSize).boxed().toList(), worldSize)
                .rdd();
        RDD<byte[]> results =
                ranks.barrier().mapPartitions(new TaskBody(program), false, ClassTag$.MODULE$.apply(byte[].class));
        return Arrays.asList((byte[][]) results.collect());
    }

    /** The function that Spark ships. */
    private static final class TaskBody extends AbstractFunction1<Iterator<Integer>, Iterator<byte[]>>
            implements Serializable {
        private final RankProgram program;

        TaskBody(RankProgram program) {
            this.program = program;
        }

        @Override
        public Iterator<byte[]> apply(Iterator<Integer> ignored) {
            byte[] result = program.run(BarrierTaskContext.get());
            return CollectionConverters.asScala(List.of(result).iterator());
        }
    }
}
