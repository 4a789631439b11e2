package dev.dropwise.common.kernel;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Settles this host's strongest kernel class before the first test of a JVM, because ND4J loads once per JVM and the
 * first test to touch it would otherwise decide for all others. Found through {@code META-INF/services}; other modules
 * get it with the test jar of common.
 */
public final class KernelSession implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        KernelSettings.settle(KernelClass.strongestOf(CpuFeatures.detect()));
    }
}
