package dev.dropwise.deploy.process;

/** Signals as {@code kill} sends them. */
public enum Signal {
    KILL,
    STOP,
    CONT;

    /**
     * Sends it to a process that must be there.
     *
     * @return {@link System#nanoTime} just before
     */
    public long send(long pid) {
        long sentNs = System.nanoTime();
        DropwiseProcess.program("kill", "-" + name(), Long.toString(pid)).run().orFail();
        return sentNs;
    }

    /** Sends it, if there still is such a process; false if not. */
    public boolean reaches(long pid) {
        return DropwiseProcess.program("kill", "-" + name(), Long.toString(pid))
                        .run()
                        .exitStatus()
                == 0;
    }
}
