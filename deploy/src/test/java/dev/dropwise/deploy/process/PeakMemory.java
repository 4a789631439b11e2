package dev.dropwise.deploy.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The most that processes have had resident at any time (Linux: VmHWM in /proc/PID/status, which only grows). For one thread. */
public final class PeakMemory {
    private final List<Long> pids;
    private final List<Long> bytes;

    public PeakMemory(List<Long> pids) {
        this.pids = List.copyOf(pids);
        this.bytes = new ArrayList<>(Collections.nCopies(pids.size(), 0L));
    }

    /** Looks once more; true, so that it can be part of a condition that is waited for. */
    public boolean look() {
        for (int i = 0; i < pids.size(); i++) {
            bytes.set(i, Math.max(bytes.get(i), residentPeakBytes(pids.get(i))));
        }
        return true;
    }

    /** Of each process, as of the last look. */
    public List<Long> bytes() {
        return List.copyOf(bytes);
    }

    private static long residentPeakBytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            // It has ended: what was seen last stands.
            return 0;
        }
    }

    @Override
    public String toString() {
        return bytes.stream().map(each -> each / 1_000_000 + " MB").toList().toString();
    }
}
