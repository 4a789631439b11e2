package dev.dropwise.common.storage;

import dev.dropwise.common.failure.DropwiseException;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.hdfs.protocol.QuotaExceededException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.VersionInfo;
import org.jspecify.annotations.Nullable;

/** Why a file system refused, and what to do about it: Hadoop's own messages say much of the first and little of the second. */
public final class StorageFault {
    private static final int MOST_CAUSES = 16;

    private StorageFault() {}

    /**
     * A failure (I/O) whose message says what was being done, what the file system said, in one line, and the remedy.
     *
     * @param doing names the path: {@code write hdfs://host:8020/run/run.json (120 bytes)}
     * @param otherwise the remedy when the cause says nothing of its own
     */
    public static DropwiseException failure(String doing, Throwable cause, String otherwise) {
        return DropwiseException.io(doing + ": " + said(cause) + "; " + remedy(cause, otherwise), cause);
    }

    /** Whether the file system, or what it grants this user, is full. */
    static boolean isFull(Throwable cause) {
        return any(
                cause,
                each -> each instanceof QuotaExceededException
                        || mentions(each, "no space left on device")
                        || mentions(each, "disk quota exceeded")
                        || mentions(each, "could only be written to 0 of"));
    }

    /** What was found where a file system should do what it is asked, in a few words, one line. */
    public static String found(Throwable cause) {
        String said = reason(deepest(cause));
        if (isUnknown(cause)) {
            return "no such kind of file system here (" + said + ")";
        }
        if (isUnreachable(cause)) {
            return "nobody who answers (" + said + ")";
        }
        if (isReadOnly(cause)) {
            return "a read-only file system";
        }
        if (isFull(cause)) {
            return "a full file system (" + said + ")";
        }
        if (isForbidden(cause)) {
            // Of a local file nothing more is said than its name.
            boolean more = said.contains(" ") && !said.startsWith(AccessDeniedException.class.getSimpleName());
            return "no permission for user " + System.getProperty("user.name") + (more ? " (" + said + ")" : "");
        }
        if (isBelowAFile(cause)) {
            return "a file on the way (" + said + ")";
        }
        return said;
    }

    /**
     * What to do about it.
     *
     * @param otherwise when the cause says nothing of its own
     */
    public static String remedy(Throwable cause, String otherwise) {
        if (isUnknown(cause)) {
            return "use file:, hdfs:// or what else has its classes on the class path of driver and executors (s3a:// those of"
                    + " org.apache.hadoop:hadoop-aws:" + VersionInfo.getVersion() + ")";
        }
        if (isUnreachable(cause)) {
            return "check the address and that what serves it (for hdfs:// the name node) runs and can be reached from this host";
        }
        if (isReadOnly(cause)) {
            return "mount it for writing, or choose another path";
        }
        if (isForbidden(cause)) {
            return "grant this user permission, or choose another path or user (HADOOP_USER_NAME for an HDFS without Kerberos)";
        }
        if (isFull(cause)) {
            return "free space there (or inodes), or raise the quota (a run that it ended goes on by --resume)";
        }
        return otherwise;
    }

    private static boolean isUnknown(Throwable cause) {
        return any(cause, each -> each instanceof UnsupportedFileSystemException);
    }

    private static boolean isReadOnly(Throwable cause) {
        return any(cause, each -> mentions(each, "read-only file system"));
    }

    private static boolean isBelowAFile(Throwable cause) {
        return any(
                cause,
                each -> each instanceof ParentNotDirectoryException
                        || each instanceof NotDirectoryException
                        || mentions(each, "not a directory"));
    }

    /**
     * Whether {@code failure} is one of the way to a file and not of the file: nobody answers, or the user may not read it. What is there
     * may be sound.
     */
    public static boolean isOutOfReach(DropwiseException failure) {
        return isUnreachable(failure) || isForbidden(failure);
    }

    private static boolean isForbidden(Throwable cause) {
        return any(
                cause,
                each -> each instanceof AccessControlException
                        || each instanceof AccessDeniedException
                        // Of a file that nobody may change, root neither.
                        || mentions(each, "operation not permitted"));
    }

    /** Whether nobody answered where the file system should be. */
    static boolean isUnreachable(Throwable cause) {
        return any(
                cause,
                each -> each instanceof SocketException
                        || each instanceof SocketTimeoutException
                        || each instanceof UnknownHostException
                        // A connection that broke in mid-call; of a file, the message would not name a host.
                        || (each instanceof EOFException && mentions(each, "destination host is")));
    }

    /** Hadoop appends the server's stack trace to what the server said. */
    private static String said(Throwable cause) {
        String message = Objects.requireNonNullElse(cause.getMessage(), "");
        String line = message.lines().findFirst().orElse("").strip();
        // Of local files, and where there is none, the message says little: a path, a host.
        return line.contains(" ") ? line : (cause.getClass().getSimpleName() + " " + line).strip();
    }

    private static boolean mentions(Throwable each, String words) {
        return each.getMessage() != null
                && each.getMessage().toLowerCase(Locale.ROOT).contains(words);
    }

    /** Of local files the message begins with the path, here that of a file beside the one that was meant. */
    private static String reason(Throwable cause) {
        return cause instanceof FileSystemException local && local.getReason() != null
                ? local.getReason()
                : said(cause);
    }

    private static Throwable deepest(Throwable cause) {
        Throwable deepest = cause;
        for (int depth = 0; deepest.getCause() != null && depth < MOST_CAUSES; depth++) {
            deepest = deepest.getCause();
        }
        return deepest;
    }

    private static boolean any(@Nullable Throwable cause, Predicate<Throwable> is) {
        int depth = 0;
        for (Throwable each = cause; each != null && depth < MOST_CAUSES; each = each.getCause(), depth++) {
            if (is.test(each)) {
                return true;
            }
        }
        return false;
    }
}
