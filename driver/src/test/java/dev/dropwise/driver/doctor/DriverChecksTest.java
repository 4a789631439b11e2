package dev.dropwise.driver.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.doctor.Finding.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriverChecksTest {
    @ParameterizedTest
    @CsvSource({
        "17.0.15+6-Debian-1deb12u1, OK",
        "21.0.2+13-LTS, OK",
        "17-ea+33, OK",
        "11.0.2+9, FAIL",
        "25.0.1+8, FAIL",
        "1.8.0_392-b08, FAIL",
        "unknown, FAIL"
    })
    void shouldTakeJdk17And21OnlyWhenJudgingVersions(String version, Status expected) {
        Finding finding = DriverChecks.jdk("driver", version);

        assertThat(finding.status()).isEqualTo(expected);
        assertThat(finding.found()).isEqualTo("driver " + version);
        if (expected == Status.FAIL) {
            assertThat(finding.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(finding.remedy()).contains("set JAVA_HOME");
        }
    }

    @Test
    void shouldWarnWithTheSettingWhenDynamicAllocationIsOn() {
        assertThat(DriverChecks.allocation(false)).isEqualTo(Finding.ok("dynamic allocation", "off"));
        assertThat(DriverChecks.allocation(true).status()).isEqualTo(Status.WARN);
        assertThat(DriverChecks.allocation(true).remedy()).contains("spark.dynamicAllocation.enabled=false");
    }

    @Test
    void shouldFailWhenSparkIsAnotherLine() {
        assertThat(DriverChecks.spark("4.1.1", "yarn", "app-1"))
                .isEqualTo(Finding.ok("spark", "4.1.1 at yarn, application app-1"));
        assertThat(DriverChecks.spark("3.5.1", "yarn", "app-1"))
                .isEqualTo(Finding.fail(
                        "spark",
                        "3.5.1 at yarn, application app-1",
                        "Dropwise is built for Spark 4.1: use one",
                        ExitCode.CONFIGURATION));
    }

    @Test
    void shouldFailAsUnavailableWhenSlotsAreTooFew() {
        assertThat(DriverChecks.slots(2, 2, "local[2]").status()).isEqualTo(Status.OK);
        assertThat(DriverChecks.slots(2, 3, "local[2]"))
                .isEqualTo(Finding.fail(
                        "slots",
                        "local[2] offers 2 for --workers 3",
                        "start more workers or cores there, or lower --workers",
                        ExitCode.UNAVAILABLE));
    }
}
