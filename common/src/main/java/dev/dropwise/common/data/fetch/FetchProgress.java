package dev.dropwise.common.data.fetch;

/** Is told how a download goes on, about every 16 KiB: whoever draws it decides how often. */
@FunctionalInterface
public interface FetchProgress {
    /**
     * Called from a thread of the HTTP client; must return quickly.
     *
     * @param file the published name
     * @param doneBytes what is there, including what an earlier download left
     * @param totalBytes the published length
     */
    void progress(String file, long doneBytes, long totalBytes);

    /** Tells nobody. */
    static FetchProgress silent() {
        return (file, doneBytes, totalBytes) -> {};
    }
}
