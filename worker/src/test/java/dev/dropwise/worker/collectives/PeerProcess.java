package dev.dropwise.worker.collectives;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM with this one's class path and module options; ended with whoever started it, whatever happens. */
final class PeerProcess implements AutoCloseable {
    private final Process process;

    private PeerProcess(Process process) {
        this.process = process;
    }

    static PeerProcess start(Class<?> main, List<String> jvmOptions, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        try {
            return new PeerProcess(new ProcessBuilder(command).inheritIO().start());
        } catch (IOException e) {
            throw new IllegalStateException("cannot start " + command, e);
        }
    }

    /** Makes this JVM halt when the one that started it is gone; to be called first thing in a peer's main. */
    static void endWithParent() {
        ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
        Thread watch = new Thread(
                () -> {
                    parent.onExit().join();
                    Runtime.getRuntime().halt(1);
                },
                "end-with-parent");
        watch.setDaemon(true);
        watch.start();
    }

    static List<String> openModules() {
        return List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED");
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL, without warning. */
    void kill() {
        process.destroyForcibly();
    }

    /** Sends any signal by name. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    /** Waits for an orderly end; returns the exit code. */
    int await(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new IllegalStateException("process " + pid() + " has not ended within " + seconds + " s");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
