package dev.dropwise.common.kernel;

import dev.dropwise.common.failure.DropwiseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the CPU of this host can execute.
 *
 * @param flags flags as Linux spells them in {@code /proc/cpuinfo}, such as {@code avx512f}; those that all CPUs share
 */
public record CpuFeatures(Set<String> flags) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    public CpuFeatures {
        flags = Set.copyOf(flags);
    }

    /**
     * The CPU this JVM runs on.
     *
     * @throws DropwiseException on anything but Linux on x86-64, for which no native jars are shipped
     */
    public static CpuFeatures detect() {
        return detect(System.getProperty("os.name", "?"), System.getProperty("os.arch", "?"), () -> {
            try {
                return Files.readAllLines(CPU_INFO);
            } catch (IOException e) {
                throw DropwiseException.io(
                        "kernel class: cannot read " + CPU_INFO + "; mount /proc, or name the kernel class by hand", e);
            }
        });
    }

    static CpuFeatures detect(String os, String architecture, CpuInfo cpuInfo) {
        if (!os.equals("Linux") || !(architecture.equals("amd64") || architecture.equals("x86_64"))) {
            throw DropwiseException.configuration("kernel class: expected Linux on x86-64, found " + os + " on "
                    + architecture + "; native jars are shipped for Linux on x86-64 only, run the workers there");
        }
        List<Set<String>> perCpu = cpuInfo.lines().stream()
                .filter(line -> line.startsWith("flags"))
                .map(line -> split(line.substring(line.indexOf(':') + 1)))
                .toList();
        if (perCpu.isEmpty()) {
            throw DropwiseException.configuration("kernel class: expected a line 'flags : ...' in " + CPU_INFO
                    + ", found none; name the kernel class by hand");
        }
        Set<String> shared = new HashSet<>(perCpu.get(0));
        perCpu.forEach(shared::retainAll);
        return new CpuFeatures(shared);
    }

    /** The words of {@code text}, which blanks separate. */
    static Set<String> split(String text) {
        return Arrays.stream(text.trim().split("\\s+", -1))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toSet());
    }

    boolean has(Set<String> wanted) {
        return flags.containsAll(wanted);
    }

    /** Gives the lines of {@code /proc/cpuinfo}. */
    @FunctionalInterface
    interface CpuInfo {
        List<String> lines();
    }
}
