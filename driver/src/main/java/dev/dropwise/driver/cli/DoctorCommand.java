package dev.dropwise.driver.cli;

import dev.dropwise.driver.doctor.Checklist;
import dev.dropwise.driver.doctor.Doctor;
import dev.dropwise.driver.doctor.DoctorRequest;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dropwise doctor}. */
@Command(
        name = "doctor",
        description =
                "Checks whether a training job would run here: a line for every check, with the remedy where it fails.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private DataOptions data = new DataOptions();

    @Option(
            names = "--workers",
            defaultValue = "2",
            paramLabel = "N",
            description = "ranks that would train, one Spark task each (default: ${DEFAULT-VALUE})")
    private int workers;

    @Option(
            names = "--out",
            defaultValue = "runs",
            paramLabel = "DIR",
            description =
                    "run directory that would be written, any Hadoop path; is not created (default: ${DEFAULT-VALUE})")
    private String out = "";

    @Override
    public Integer call() {
        Configuration hadoop = HadoopProperties.configuration();
        Checklist checklist = new Checklist(System.out::println);
        new Doctor(new DoctorRequest(workers, () -> data.config("0", 0, hadoop), out), hadoop, checklist).examine();
        return checklist.conclude().status();
    }
}
