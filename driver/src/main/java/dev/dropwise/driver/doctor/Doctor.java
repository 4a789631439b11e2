package dev.dropwise.driver.doctor;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.driver.job.Interruption;
import dev.dropwise.driver.job.NativeBuilds;
import dev.dropwise.driver.job.NativeJars;
import dev.dropwise.driver.job.Slots;
import dev.dropwise.driver.job.SparkContexts;
import dev.dropwise.worker.diagnosis.Examination;
import dev.dropwise.worker.diagnosis.HostExamination;
import dev.dropwise.worker.diagnosis.OutputMark;
import dev.dropwise.worker.diagnosis.RankFacts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Finds out whether a training job would run: on the driver, on a cluster's hosts, and between them. For one thread. */
public final class Doctor {
    private static final String NATIVE_JARS = "native jars";
    private static final String EXAMINATION = "examination";

    private final DoctorRequest request;
    private final Configuration hadoop;
    private final Checklist checklist;

    /**
     * @param hadoop the driver's configuration
     * @param checklist takes all findings
     */
    public Doctor(DoctorRequest request, Configuration hadoop, Checklist checklist) {
        this.request = request;
        this.hadoop = hadoop;
        this.checklist = checklist;
    }

    /** Checks everything that can be checked; starts and stops a Spark context. What fails is in the checklist. */
    public void examine() {
        checklist.add(DriverChecks.jdk("driver", System.getProperty("java.runtime.version", "unknown")));
        checklist.add(DriverChecks.allocation(new SparkConf().getBoolean("spark.dynamicAllocation.enabled", false)));
        List<DataConfig> data = data();
        List<OutputMark> marks = marks();
        try (JavaSparkContext spark = SparkContexts.start("dropwise doctor")) {
            examine(spark, data, marks);
        } catch (DropwiseException e) {
            checklist.add(Finding.fail(DriverChecks.SPARK, String.valueOf(e.getMessage()), e.exitCode()));
        } finally {
            marks.forEach(mark -> mark.remove(hadoop));
        }
    }

    private List<DataConfig> data() {
        try {
            DataConfig config = request.data().get();
            checklist.add(Finding.ok(MachineChecks.DATA, "driver: " + HostExamination.describe(config, hadoop)));
            return List.of(config);
        } catch (DropwiseException e) {
            checklist.add(Finding.fail(MachineChecks.DATA, "driver: " + e.getMessage(), e.exitCode()));
            return List.of();
        }
    }

    private List<OutputMark> marks() {
        try {
            OutputMark mark = OutputMark.leave(request.out(), hadoop);
            checklist.add(Finding.ok(MachineChecks.OUTPUT, "driver: " + mark.directory() + " can be written"));
            return List.of(mark);
        } catch (DropwiseException e) {
            checklist.add(Finding.fail(MachineChecks.OUTPUT, "driver: " + e.getMessage(), e.exitCode()));
            return List.of();
        }
    }

    private void examine(JavaSparkContext spark, List<DataConfig> data, List<OutputMark> marks) {
        checklist.add(
                DriverChecks.spark(spark.version(), spark.master(), spark.sc().applicationId()));
        int slots = new Slots(spark.sc(), Interruption.never()).await(request.workers());
        checklist.add(DriverChecks.slots(slots, request.workers(), spark.master()));
        if (slots == 0) {
            return;
        }
        String kernelClass = agreed(spark, slots).map(KernelClass::toString).orElse("");
        Examination examination = new Examination("doctor-" + spark.sc().applicationId(), kernelClass, data, marks);
        try {
            judge(
                    new Visit(spark, Math.min(slots, request.workers())).facts(examination),
                    examination,
                    spark.version());
        } catch (DropwiseException e) {
            checklist.add(Finding.fail(EXAMINATION, String.valueOf(e.getMessage()), e.exitCode()));
        }
    }

    private Optional<KernelClass> agreed(JavaSparkContext spark, int slots) {
        try {
            KernelClass agreed = new NativeBuilds(spark, Interruption.never()).agree(slots, "auto");
            Optional<NativeJars> jars = NativeJars.besideApplication();
            checklist.add(Finding.ok(
                    NATIVE_JARS,
                    jars.map(each -> names(each.needed(agreed.build().classifier())))
                            .orElse("those of " + agreed + " on the class path")));
            return Optional.of(agreed);
        } catch (DropwiseException e) {
            checklist.add(Finding.fail(NATIVE_JARS, String.valueOf(e.getMessage()), e.exitCode()));
            return Optional.empty();
        }
    }

    private static String names(List<Path> jars) {
        return jars.stream().map(jar -> jar.getFileName().toString()).collect(Collectors.joining(", "));
    }

    private void judge(List<RankFacts> ranks, Examination examination, String driverSpark) {
        MachineChecks machines = new MachineChecks(ranks);
        LinkChecks links = new LinkChecks(ranks);
        checklist.addAll(machines.software(driverSpark));
        checklist.addAll(machines.kernels(examination.kernelClass()));
        checklist.addAll(machines.memory());
        checklist.addAll(machines.sockets(links.anyUdp()));
        checklist.addAll(links.pairs());
        if (!examination.data().isEmpty()) {
            checklist.addAll(machines.data());
        }
        if (!examination.marks().isEmpty()) {
            checklist.addAll(machines.output());
        }
    }
}
