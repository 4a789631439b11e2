package dev.dropwise.driver.doctor;

import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.doctor.Finding.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** All findings in the order in which they were made, each shown as soon as it is there. */
public final class Checklist {
    private final Consumer<String> lines;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * @param lines takes each line to show
     */
    public Checklist(Consumer<String> lines) {
        this.lines = lines;
    }

    /** Notes and shows {@code finding}. */
    void add(Finding finding) {
        findings.add(finding);
        lines.accept(line(finding));
    }

    void addAll(List<Finding> several) {
        several.forEach(this::add);
    }

    /** Shows whether a job would run; the exit code of the first failure, if there is one. */
    public ExitCode conclude() {
        List<Finding> failures =
                findings.stream().filter(each -> each.status() == Status.FAIL).toList();
        long warnings =
                findings.stream().filter(each -> each.status() == Status.WARN).count();
        String counted = counted(findings.size(), "check") + ", " + counted(warnings, "warning");
        if (failures.isEmpty()) {
            lines.accept("a job would run (" + counted + ")");
            return ExitCode.DONE;
        }
        lines.accept("a job would not run (" + counted + ", " + counted(failures.size(), "failure") + ")");
        return failures.get(0).exitCode();
    }

    static String line(Finding finding) {
        String status = finding.status().name().toLowerCase(Locale.ROOT);
        String remedy = finding.remedy().isEmpty() ? "" : "  (" + finding.remedy() + ")";
        return String.format(Locale.ROOT, "%-4s  %-18s  %s%s", status, finding.subject(), finding.found(), remedy);
    }

    private static String counted(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
