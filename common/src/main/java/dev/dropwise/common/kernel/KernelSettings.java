package dev.dropwise.common.kernel;

import com.sun.jna.NativeLibrary;
import dev.dropwise.common.failure.DropwiseException;
import java.io.File;
import java.util.Optional;
import java.util.Properties;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Makes a JVM compute with one {@link KernelClass}. The choice is made while native libraries load and cannot be undone,
 * so {@link #settle} must run before anything else touches ND4J:
 *
 * <pre>{@code
 * INDArray x = Nd4j.create(3);                                     // loads ND4J: too late,
 * KernelSettings.settle(KernelClass.parse("onednn/Haswell/1"));    // throws unless the default happened to be this
 * }</pre>
 *
 * What is settled is a fact of the JVM, not of a class loader, and is therefore kept in the system property
 * {@value #PROPERTY}. Thread-safe; concurrent callers wait until the first has finished.
 */
public final class KernelSettings {
    /** The system property that names the class this JVM has settled. */
    static final String PROPERTY = "dropwise.kernel.class";

    private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";
    private static final String MAX_PHYSICAL_BYTES = "org.bytedeco.javacpp.maxphysicalbytes";
    private static final String BINDINGS = "org/nd4j/linalg/cpu/nativecpu/bindings/";

    private KernelSettings() {}

    /**
     * Loads ND4J and OpenBLAS with the kernels of {@code wanted} and checks that they took effect. A second call with
     * the same class does nothing. An inherited {@code OPENBLAS_CORETYPE} or {@code OMP_NUM_THREADS} is overridden.
     *
     * @throws DropwiseException when this JVM has settled another class or loaded ND4J before, when the CPU cannot
     *     execute the class, or when the jar that holds its build is not on the class path
     */
    public static void settle(KernelClass wanted) {
        Properties jvm = System.getProperties();
        synchronized (jvm) {
            String settled = jvm.getProperty(PROPERTY);
            if (settled == null) {
                require(wanted);
                prepare(wanted);
                load(wanted);
                verify(wanted);
                jvm.setProperty(PROPERTY, wanted.toString());
            } else if (!settled.equals(wanted.toString())) {
                throw DropwiseException.configuration("kernel class: this JVM has settled " + settled
                        + " and cannot change to " + wanted + "; start a new JVM for the other class");
            }
        }
    }

    /** The class that this JVM has settled, if it has. */
    public static Optional<KernelClass> settled() {
        return Optional.ofNullable(System.getProperty(PROPERTY)).map(KernelClass::parse);
    }

    /** Whether the native library of {@code build} is on the class path. */
    public static boolean isOnClassPath(NativeBuild build) {
        return Loader.class.getClassLoader().getResource(libraryOf(build)) != null;
    }

    private static String libraryOf(NativeBuild build) {
        return BINDINGS + build.classifier() + "/libnd4jcpu.so";
    }

    private static void require(KernelClass wanted) {
        CpuFeatures cpu = CpuFeatures.detect();
        if (!wanted.runsOn(cpu)) {
            throw DropwiseException.configuration("kernel class: " + wanted + " is more than this CPU can execute; "
                    + "its strongest is " + KernelClass.strongestOf(cpu));
        }
        requireOnClassPath(libraryOf(wanted.build()), "nd4j-native", wanted);
        requireOnClassPath("org/bytedeco/openblas/linux-x86_64/libopenblas.so.0", "openblas", wanted);
    }

    private static void requireOnClassPath(String resource, String artifact, KernelClass wanted) {
        if (Loader.class.getClassLoader().getResource(resource) == null) {
            String classifier = artifact.equals("openblas")
                    ? "linux-x86_64"
                    : wanted.build().classifier();
            throw DropwiseException.configuration("kernel class " + wanted + ": expected " + resource
                    + " on the class path, found none; add the jar " + artifact + "-VERSION-" + classifier
                    + ".jar beside the application jar, or choose a kernel class whose jar is there");
        }
    }

    private static void prepare(KernelClass wanted) {
        System.setProperty(EXTENSION, wanted.build().extension());
        // JavaCPP would otherwise read /proc/self/statm at every allocation, and count shared memory against the limit.
        if (System.getProperty(MAX_PHYSICAL_BYTES) == null) {
            System.setProperty(MAX_PHYSICAL_BYTES, "0");
        }
        setEnvironment("OPENBLAS_CORETYPE", wanted.coreType().label());
        // Read while the libraries load: a pool of idle threads would otherwise start with each of them.
        setEnvironment("OPENBLAS_NUM_THREADS", Integer.toString(wanted.threads()));
        setEnvironment("OMP_NUM_THREADS", Integer.toString(wanted.threads()));
    }

    /** Sets a variable for native code of this process; {@link System#getenv} keeps showing the inherited value. */
    private static void setEnvironment(String name, String value) {
        int failed = NativeLibrary.getInstance("c").getFunction("setenv").invokeInt(new Object[] {name, value, 1});
        if (failed != 0) {
            throw DropwiseException.configuration(
                    "kernel class: setenv(" + name + "=" + value + ") failed; set the variable before the JVM starts");
        }
    }

    private static void load(KernelClass wanted) {
        Nd4j.getEnvironment().setMaxThreads(wanted.threads());
        Nd4j.getEnvironment().setMaxMasterThreads(wanted.threads());
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(wanted.threads());
        openblas_nolapack.blas_set_num_threads(wanted.threads());
    }

    private static void verify(KernelClass wanted) {
        int level = NativeOpsHolder.getInstance().getDeviceNativeOps().binaryLevel();
        String core = loadedCoreType();
        if (level != wanted.build().binaryLevel()
                || !core.equals(wanted.coreType().label())) {
            throw DropwiseException.configuration("kernel class: expected " + wanted
                    + ", found a native library of level " + level + " (wanted "
                    + wanted.build().binaryLevel() + ") and OpenBLAS core type " + core
                    + "; ND4J was loaded before the kernel class was settled, settle it first");
        }
    }

    /** What the OpenBLAS in this process calls its kernels, for example {@code SkylakeX}. Loads it when needed. */
    static String loadedCoreType() {
        File directory = new File(Loader.load(openblas_nolapack.class)).getParentFile();
        return NativeLibrary.getInstance(new File(directory, "libopenblas.so.0").getPath())
                .getFunction("openblas_get_corename")
                .invokeString(new Object[0], false);
    }
}
