package dev.dropwise.common.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelClassTest {
    private static final String AVX2 = "fpu sse4_2 avx avx2 fma f16c bmi1 bmi2 movbe";
    private static final String AVX512 = AVX2 + " avx512f avx512cd avx512bw avx512dq avx512vl";

    @ParameterizedTest
    @CsvSource({
        "fpu, onednn/Prescott/1",
        "fpu sse4_2, onednn/Nehalem/1",
        "fpu sse4_2 avx, onednn/Sandybridge/1",
        "fpu sse4_2 avx avx2 fma, onednn/Haswell/1",
        AVX2 + ", onednn-avx2/Haswell/1",
        AVX2 + " avx512f, onednn-avx2/Haswell/1",
        AVX512 + ", onednn-avx512/SkylakeX/1",
        AVX512 + " avx512_bf16, onednn-avx512/SkylakeX/1",
    })
    void shouldChooseTheStrongestClassWhenTheCpuHasTheFlags(String flags, String expected) {
        CpuFeatures cpu = CpuFeatures.detect("Linux", "amd64", () -> List.of("model name : x", "flags\t\t: " + flags));

        assertThat(KernelClass.strongestOf(cpu)).hasToString(expected);
        assertThat(KernelClass.strongestOf(cpu).runsOn(cpu)).isTrue();
    }

    @Test
    void shouldUseOnlySharedFlagsWhenCpusDiffer() {
        CpuFeatures cpu = CpuFeatures.detect("Linux", "amd64", () -> List.of("flags : a b", "flags : b c"));

        assertThat(cpu.flags()).isEqualTo(Set.of("b"));
    }

    @ParameterizedTest
    @CsvSource({"Linux, aarch64", "Mac OS X, aarch64", "Windows 10, amd64"})
    void shouldNameThePlatformWhenNoNativeJarIsShippedForIt(String os, String architecture) {
        assertThatThrownBy(() -> CpuFeatures.detect(os, architecture, List::of))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("found " + os + " on " + architecture);
    }

    @Test
    void shouldSayWhatIsMissingWhenCpuInfoHasNoFlags() {
        assertThatThrownBy(() -> CpuFeatures.detect("Linux", "amd64", () -> List.of("processor : 0")))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("expected a line 'flags");
    }

    @Test
    void shouldTakeTheWeakestOfEachPartWhenRanksDiffer() {
        KernelClass agreed = KernelClass.weakest(List.of(
                KernelClass.parse("onednn-avx512/Haswell/2"),
                KernelClass.parse("onednn-avx2/SkylakeX/1"),
                KernelClass.parse("onednn-avx512/SkylakeX/4")));

        assertThat(agreed).hasToString("onednn-avx2/Haswell/1");
    }

    @Test
    void shouldSurviveTheTextFormWhenParsedAgain() {
        for (NativeBuild build : NativeBuild.values()) {
            for (CoreType core : CoreType.values()) {
                KernelClass kernel = new KernelClass(build, core, 3);
                assertThat(KernelClass.parse(kernel.toString())).isEqualTo(kernel);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "onednn", "onednn/Haswell", "onednn/Haswell/0", "onednn/Haswell/x", "onednn/Haswell/1/1"})
    void shouldShowTheFormWhenTheTextIsMalformed(String text) {
        assertThatThrownBy(() -> KernelClass.parse(text))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("expected BUILD/CORE/THREADS");
    }

    @Test
    void shouldListWhatIsKnownWhenAPartIsUnknown() {
        assertThatThrownBy(() -> KernelClass.parse("onednn/Cooperlake/1"))
                .hasMessageContaining(
                        "'Cooperlake' is unknown; known: Prescott, Nehalem, Sandybridge, Haswell, SkylakeX");
        assertThatThrownBy(() -> KernelClass.parse("cuda/Haswell/1"))
                .hasMessageContaining("'cuda' is unknown; known: onednn, onednn-avx2, onednn-avx512");
    }
}
