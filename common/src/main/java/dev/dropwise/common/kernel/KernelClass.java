package dev.dropwise.common.kernel;

import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What decides the bits of a computation: results are bit-equal only within one kernel class. Ranks therefore agree on
 * {@link #weakest} before ND4J loads and then {@link KernelSettings#settle} it. The text form, used in run.json, is
 * {@code BUILD/CORE/THREADS}, for example {@code onednn-avx512/SkylakeX/1}.
 *
 * @param build the build of ND4J's native library
 * @param coreType the kernels that OpenBLAS uses
 * @param threads compute threads of a rank, at least 1
 */
public record KernelClass(NativeBuild build, CoreType coreType, int threads) {
    public KernelClass {
        if (threads < 1) {
            throw DropwiseException.configuration(
                    "kernel class: expected at least 1 thread, found " + threads + "; 1 a rank is the fastest");
        }
    }

    /** The best that {@code cpu} can execute, with one thread. */
    public static KernelClass strongestOf(CpuFeatures cpu) {
        return new KernelClass(
                strongest(NativeBuild.values(), cpu, NativeBuild::flags),
                strongest(CoreType.values(), cpu, CoreType::flags),
                1);
    }

    /**
     * The class that every rank can execute: the weakest build, the weakest core type and the fewest threads.
     *
     * @param reported what each rank reports, at least one
     */
    public static KernelClass weakest(List<KernelClass> reported) {
        if (reported.isEmpty()) {
            throw new IllegalArgumentException("kernel class: expected the report of at least one rank, found none");
        }
        return new KernelClass(
                reported.stream()
                        .map(KernelClass::build)
                        .min(Comparator.naturalOrder())
                        .orElseThrow(),
                reported.stream()
                        .map(KernelClass::coreType)
                        .min(Comparator.naturalOrder())
                        .orElseThrow(),
                reported.stream().mapToInt(KernelClass::threads).min().orElseThrow());
    }

    /**
     * Parses the text form.
     *
     * @throws DropwiseException naming what is known when a part is not
     */
    public static KernelClass parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 3 || !parts[2].matches("[1-9][0-9]{0,3}")) {
            throw DropwiseException.configuration("kernel class '" + text
                    + "': expected BUILD/CORE/THREADS such as onednn-avx512/SkylakeX/1, found '" + text + "'");
        }
        return new KernelClass(
                named(NativeBuild.values(), NativeBuild::label, parts[0], text),
                named(CoreType.values(), CoreType::label, parts[1], text),
                Integer.parseInt(parts[2]));
    }

    /** True when {@code cpu} can execute this class; another one would die of an illegal instruction. */
    public boolean runsOn(CpuFeatures cpu) {
        return cpu.has(build.flags()) && cpu.has(coreType.flags());
    }

    /** The text form that {@link #parse} reads. */
    @Override
    public String toString() {
        return build.label() + "/" + coreType.label() + "/" + threads;
    }

    private static <T> T strongest(T[] weakestFirst, CpuFeatures cpu, Function<T, Set<String>> flags) {
        return Arrays.stream(weakestFirst)
                .filter(each -> cpu.has(flags.apply(each)))
                .reduce((weaker, stronger) -> stronger)
                .orElseThrow();
    }

    private static <T> T named(T[] known, Function<T, String> label, String name, String text) {
        return Arrays.stream(known)
                .filter(each -> label.apply(each).equals(name))
                .findFirst()
                .orElseThrow(() -> DropwiseException.configuration("kernel class '" + text + "': '" + name
                        + "' is unknown; known: "
                        + Arrays.stream(known).map(label).collect(Collectors.joining(", "))));
    }
}
