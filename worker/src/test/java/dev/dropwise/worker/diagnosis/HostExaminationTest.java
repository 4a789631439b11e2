package dev.dropwise.worker.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.common.kernel.CpuFeatures;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.worker.diagnosis.RankFacts.LinkFacts;
import dev.dropwise.worker.diagnosis.RankFacts.LinkSpeed;
import dev.dropwise.worker.diagnosis.RankFacts.MachineFacts;
import dev.dropwise.worker.diagnosis.RankFacts.StorageFacts;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HostExaminationTest {
    private final Configuration hadoop = new Configuration();
    private final String strongest =
            KernelClass.strongestOf(CpuFeatures.detect()).toString();

    @Test
    void shouldFindThisHostAsItIsWhenNothingIsWrong() {
        MachineFacts machine = new HostExamination(examination(strongest, digits()), hadoop).machine(2, "4.1.0");

        assertThat(machine.jdk()).isEqualTo(System.getProperty("java.runtime.version"));
        assertThat(machine.strongestKernels()).isEqualTo(new Answer.Found<>(strongest));
        assertThat(machine.products())
                .isInstanceOfSatisfying(
                        Answer.Found.class,
                        found -> assertThat(((ProductSpeed) found.value()).gflops())
                                .isGreaterThan(0.1)
                                .isLessThanOrEqualTo(((ProductSpeed) found.value()).bestGflops()));
        assertThat(machine.memory()).isInstanceOf(Answer.Found.class);
        assertThat(machine.socketBytes()).isInstanceOf(Answer.Found.class);
    }

    @Test
    void shouldAnswerWithTheProblemWhenOneLookFails(@TempDir Path empty) {
        String other = "onednn/Prescott/3";
        DataConfig missing = new DataConfig("mnist", empty.toString(), Holdout.parse("0"), 0);
        HostExamination examination = new HostExamination(examination(other, missing), hadoop);

        assertThat(examination.machine(2, "4.1.0").products()).isInstanceOfSatisfying(Answer.Problem.class, problem -> {
            assertThat(problem.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(problem.message()).contains("cannot change to " + other);
        });
        assertThat(examination.storage().data()).isInstanceOfSatisfying(Answer.Problem.class, problem -> {
            assertThat(problem.exitCode()).isEqualTo(ExitCode.BAD_DATA);
            assertThat(problem.message()).contains(empty.toString(), "dropwise data fetch mnist");
        });
        assertThat(examination.storage().output()).isEqualTo(new Answer.Found<>(""));
    }

    @Test
    void shouldArriveWholeWhenSentBothWays() {
        DiagnosisCodec codec = new DiagnosisCodec();
        Examination examination =
                new Examination("run", strongest, List.of(digits()), List.of(new OutputMark("d", "n", "c")));
        RankFacts facts = new RankFacts(
                1,
                "host",
                12,
                new MachineFacts(
                        "17",
                        "4.1.0",
                        new Answer.Found<>(strongest),
                        new Answer.Found<>(new ProductSpeed(12.5, 13)),
                        new Answer.Found<>(new SharedMemoryRoom(4, 3, "/dev/shm", 2)),
                        new Answer.Found<>(7)),
                new StorageFacts(new Answer.Found<>("digits"), new Answer.Problem<>("full", ExitCode.IO)),
                List.of(new LinkFacts(0, "there", "there:1", new Answer.Found<>(new LinkSpeed("aeron:udp", 1, 2)))));

        assertThat(codec.decode(codec.encode(examination), Examination.class)).isEqualTo(examination);
        assertThat(codec.decode(codec.encode(facts), RankFacts.class)).isEqualTo(facts);
    }

    private static Examination examination(String kernelClass, DataConfig data) {
        return new Examination("run", kernelClass, List.of(data), List.of());
    }

    private static DataConfig digits() {
        return new DataConfig("digits", "", Holdout.parse("0"), 0);
    }
}
