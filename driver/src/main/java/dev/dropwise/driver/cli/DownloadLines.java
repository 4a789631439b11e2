package dev.dropwise.driver.cli;

import dev.dropwise.common.data.fetch.FetchProgress;
import java.io.PrintStream;

/** Tells of a download in a line for every tenth of a file. */
final class DownloadLines implements FetchProgress {
    private final PrintStream out;
    private String file = "";
    private long tenth;

    DownloadLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public void progress(String name, long doneBytes, long totalBytes) {
        long now = totalBytes == 0 ? 10 : 10 * doneBytes / totalBytes;
        if (!name.equals(file) || now != tenth) {
            file = name;
            tenth = now;
            out.println(name + ": " + doneBytes + " of " + totalBytes + " bytes");
        }
    }
}
