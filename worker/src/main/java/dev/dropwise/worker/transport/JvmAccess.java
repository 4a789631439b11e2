package dev.dropwise.worker.transport;

import dev.dropwise.common.failure.DropwiseException;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sees to it that Aeron may use the JDK's raw memory access. Needs {@code --add-opens
 * java.base/jdk.internal.misc=ALL-UNNAMED}; where nobody gave that flag, {@code java.base/java.lang} being open, as Spark
 * sees to, is enough to open the package from inside.
 */
public final class JvmAccess {
    private static final String PACKAGE = "jdk.internal.misc";

    private JvmAccess() {}

    /**
     * Opens what is closed; to be called before anything of Aeron or Agrona.
     *
     * @throws DropwiseException naming the missing flag, when it can be neither found nor made good
     */
    public static void ensure() {
        Module base = Object.class.getModule();
        if (base.isOpen(PACKAGE, UnsafeBuffer.class.getModule())) {
            return;
        }
        try {
            Method open = Module.class.getDeclaredMethod("implAddOpensToAllUnnamed", String.class);
            open.setAccessible(true);
            open.invoke(base, PACKAGE);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw DropwiseException.configuration("this JVM keeps java.base/" + PACKAGE
                    + " closed, which the exchange needs; add --add-opens java.base/" + PACKAGE
                    + "=ALL-UNNAMED to its options (spark.executor.extraJavaOptions and"
                    + " spark.driver.extraJavaOptions): " + e.getMessage());
        }
    }
}
