package dev.dropwise.common.kernel;

import java.util.Locale;
import java.util.Set;

/** The builds of ND4J's native library that contain oneDNN, weakest first. */
public enum NativeBuild {
    /** Any x86-64 CPU. */
    ONEDNN(1, ""),
    /** CPUs with AVX2 and fused multiply-add. */
    ONEDNN_AVX2(2, "avx avx2 fma f16c bmi1 bmi2 movbe"),
    /** CPUs with the AVX-512 subsets of Skylake servers. */
    ONEDNN_AVX512(3, "avx avx2 fma f16c bmi1 bmi2 movbe avx512f avx512cd avx512bw avx512dq avx512vl");

    private final int binaryLevel;
    private final String flags;

    NativeBuild(int binaryLevel, String flags) {
        this.binaryLevel = binaryLevel;
        this.flags = flags;
    }

    /** The name in run.json, for example {@code onednn-avx512}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The value of {@code org.bytedeco.javacpp.platform.extension} that selects this build. */
    String extension() {
        return "-" + label();
    }

    /** The Maven classifier of the jar that holds this build. */
    public String classifier() {
        return "linux-x86_64" + extension();
    }

    /** What the loaded library of this build reports as its level. */
    int binaryLevel() {
        return binaryLevel;
    }

    /** CPU flags without which this build dies of an illegal instruction. */
    Set<String> flags() {
        return CpuFeatures.split(flags);
    }
}
