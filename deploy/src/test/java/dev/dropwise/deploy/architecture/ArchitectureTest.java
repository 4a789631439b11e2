package dev.dropwise.deploy.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ArchitectureTest {
    private static final String PLANTED = "dev.dropwise.deploy.architecture.planted";
    private static final JavaClasses EVERYTHING = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.dropwise");
    private static final JavaClasses VIOLATIONS = new ClassFileImporter().importPackages(PLANTED);

    /** The one planted class that breaks each rule, and how many times it does so. */
    private static final Map<ArchitectureRule, Planted> PLANTS = Map.of(
            ArchitectureRule.MODULES_POINT_ONE_WAY, new Planted("common.config.ReachesUpToTheWorker", 1),
            ArchitectureRule.PACKAGES_HAVE_NO_CYCLES, new Planted("common.codec.There", 1),
            ArchitectureRule.SPARK_STAYS_IN_WORKER_SPARK_AND_DRIVER, new Planted("worker.training.KnowsSpark", 1),
            ArchitectureRule.AERON_STAYS_IN_WORKER_TRANSPORT, new Planted("worker.collectives.KnowsAeron", 1),
            ArchitectureRule.ND4J_STAYS_OUT_OF_TRANSPORT_COLLECTIVES_DATA_AND_CONFIG,
                    new Planted("worker.transport.KnowsNd4j", 1),
            ArchitectureRule.PICOCLI_STAYS_IN_THE_CLI, new Planted("driver.job.KnowsPicocli", 1),
            ArchitectureRule.NO_MUTABLE_STATICS, new Planted("driver.job.RemembersStatically", 3),
            ArchitectureRule.NO_UNSEEDED_RANDOMNESS, new Planted("driver.job.DrawsUnseeded", 9),
            ArchitectureRule.ENVIRONMENT_STAYS_IN_DRIVER_AND_KERNEL,
                    new Planted("worker.training.ReadsEnvironment", 3));

    private record Planted(String name, int violations) {}

    @Test
    void shouldSeeTheClassesOfEveryModuleWhenImporting() {
        assertThat(List.of("common.config", "driver.cli"))
                .allMatch(room -> EVERYTHING.containPackage("dev.dropwise." + room));
        assertThat(EVERYTHING.containPackage(PLANTED)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldWhenAppliedToAllModules(ArchitectureRule rule) {
        rule.in("dev.dropwise").check(EVERYTHING);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportItsViolationAndNoOtherWhenOneIsPlanted(ArchitectureRule rule) {
        Planted planted = Objects.requireNonNull(PLANTS.get(rule), "every rule needs a planted violation");

        EvaluationResult result = rule.in(PLANTED).evaluate(VIOLATIONS);

        assertThat(result.getFailureReport().getDetails())
                .hasSize(planted.violations())
                .allSatisfy(detail -> assertThat(detail).contains(PLANTED + "." + planted.name()));
    }
}
