package dev.dropwise.common.kernel;

import java.util.Set;

/**
 * The OpenBLAS kernels that a rank may ask for, weakest first. Newer names that OpenBLAS knows are left out on purpose:
 * Cooper Lake's kernels sum in another order than Skylake's and gain nothing in single precision.
 */
public enum CoreType {
    /** SSE3 only: every x86-64 CPU. */
    PRESCOTT("Prescott", ""),
    /** SSE 4.2. */
    NEHALEM("Nehalem", "sse4_2"),
    /** AVX without fused multiply-add. */
    SANDYBRIDGE("Sandybridge", "sse4_2 avx"),
    /** AVX2 with fused multiply-add. */
    HASWELL("Haswell", "sse4_2 avx avx2 fma"),
    /** AVX-512. */
    SKYLAKEX("SkylakeX", "sse4_2 avx avx2 fma avx512f avx512cd avx512bw avx512dq avx512vl");

    private final String label;
    private final String flags;

    CoreType(String label, String flags) {
        this.label = label;
        this.flags = flags;
    }

    /** The value of {@code OPENBLAS_CORETYPE}, and what the loaded OpenBLAS calls itself. */
    public String label() {
        return label;
    }

    /** CPU flags without which these kernels die of an illegal instruction. */
    Set<String> flags() {
        return CpuFeatures.split(flags);
    }
}
