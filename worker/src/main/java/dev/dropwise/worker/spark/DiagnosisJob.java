package dev.dropwise.worker.spark;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.diagnosis.Answer;
import dev.dropwise.worker.diagnosis.DiagnosisCodec;
import dev.dropwise.worker.diagnosis.Examination;
import dev.dropwise.worker.diagnosis.HostExamination;
import dev.dropwise.worker.diagnosis.RankFacts;
import dev.dropwise.worker.diagnosis.RankFacts.LinkFacts;
import dev.dropwise.worker.diagnosis.RankFacts.MachineFacts;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.package$;

/** Examines the hosts that a training job would run on, and the ways between its ranks, in one barrier job. */
public final class DiagnosisJob {
    private DiagnosisJob() {}

    /**
     * Runs the examination on {@code worldSize} slots at once.
     *
     * @return what each rank has found, in their order; problems are among it
     * @throws DropwiseException when a rank could not take part to the end
     */
    public static List<RankFacts> run(JavaSparkContext spark, int worldSize, Examination examination) {
        DiagnosisCodec codec = new DiagnosisCodec();
        Program program = new Program(codec.encode(examination), HadoopSettings.encode(spark.hadoopConfiguration()));
        return BarrierJob.run(spark, worldSize, program).stream()
                .map(bytes -> facts(codec.decode(bytes, Object.class)))
                .toList();
    }

    private static RankFacts facts(Object outcome) {
        if (outcome instanceof Answer.Problem<?> problem) {
            throw new DropwiseException(DropwiseException.Category.FATAL, problem.exitCode(), problem.message(), null);
        }
        return (RankFacts) outcome;
    }

    /** One rank, as Spark ships it. */
    @SuppressWarnings("ArrayRecordComponent") // Shipped, never compared.
    private record Program(byte[] examination, byte[] hadoop) implements BarrierJob.RankProgram {
        @Override
        public byte[] run(BarrierTaskContext task) {
            DiagnosisCodec codec = new DiagnosisCodec();
            // The task boundary: whatever it is, the driver must know it, and not by a stack trace of Spark's.
            Answer<RankFacts> answer = Answer.of(() -> examine(task, codec.decode(examination, Examination.class)));
            return codec.encode(answer instanceof Answer.Found<RankFacts> found ? found.value() : answer);
        }

        private RankFacts examine(BarrierTaskContext task, Examination decoded) {
            HostExamination host = new HostExamination(decoded, HadoopSettings.decode(hadoop));
            MachineFacts machine = host.machine(task.numPartitions(), package$.MODULE$.SPARK_VERSION());
            List<LinkFacts> links = new PairMeeting(task, decoded.runId(), PairMeeting.DEADLINES).meetAll();
            // Last, since a file system may take longer than Spark's barrier waits.
            return new RankFacts(
                    task.partitionId(), TaskHost.name(), ProcessHandle.current().pid(), machine, host.storage(), links);
        }
    }
}
