package dev.dropwise.worker.membership;

import dev.dropwise.common.failure.DropwiseException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that outlives a process which does not let go of it, such as files in a memory file system. It is released
 * once: by its owner or, where the JVM is asked to end first, by a shutdown hook; also where that happens while it is
 * being acquired. Safe for use by several threads.
 */
public final class HeldUntilExit<T> implements AutoCloseable {
    private final Consumer<T> release;
    private final Thread hook;
    private @Nullable T held;
    private boolean ended;

    private HeldUntilExit(String name, Consumer<T> release) {
        this.release = release;
        this.hook = new Thread(this::end, "dropwise-exit " + name);
    }

    /**
     * Acquires.
     *
     * @param name of what it is, for its hook's thread
     * @param acquire may take its time, for which the JVM's end waits; what it throws is thrown
     * @param release called at most once, by the owner's thread or the hook's
     * @throws DropwiseException (retryable) when the JVM is ending
     */
    public static <T> HeldUntilExit<T> acquire(String name, Supplier<T> acquire, Consumer<T> release) {
        HeldUntilExit<T> holder = new HeldUntilExit<>(name, release);
        try {
            // Before there is anything to release: a hook that is registered later may come too late.
            Runtime.getRuntime().addShutdownHook(holder.hook);
        } catch (IllegalStateException e) {
            throw ending(name, e);
        }
        boolean filled = false;
        try {
            holder.fill(name, acquire);
            filled = true;
        } finally {
            if (!filled) {
                holder.close();
            }
        }
        return holder;
    }

    private synchronized void fill(String name, Supplier<T> acquire) {
        if (ended) {
            throw ending(name, null);
        }
        held = acquire.get();
    }

    private static DropwiseException ending(String name, @Nullable Throwable cause) {
        return DropwiseException.retryable(name + ": not acquired, since this process was asked to end", cause);
    }

    /** Releases it, if that has not been done; nothing is acquired any more. */
    synchronized void end() {
        ended = true;
        T last = held;
        held = null;
        if (last != null) {
            release.accept(last);
        }
    }

    /** Releases it, unless the JVM's end has. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook runs; whoever comes first releases.
        }
        end();
    }
}
