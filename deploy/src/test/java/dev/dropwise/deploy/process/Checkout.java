package dev.dropwise.deploy.process;

import java.nio.file.Path;
import java.util.Objects;

/** Where things lie in this checkout after {@code mvn package}. */
public final class Checkout {
    /** The module's directory: failsafe and surefire say so, an IDE runs tests in it. */
    private static final Path DEPLOY = Path.of(Objects.requireNonNullElse(System.getProperty("basedir"), ""))
            .toAbsolutePath();

    private Checkout() {}

    /** A script of {@code deploy/bin}. */
    public static Path script(String name) {
        return DEPLOY.resolve("bin").resolve(name);
    }

    public static Path applicationJar() {
        return DEPLOY.resolve("target/dropwise/dropwise.jar");
    }

    public static Path nativeJars() {
        return DEPLOY.resolve("target/dropwise/native");
    }

    /** Test classes of {@code common}, for a process that uses one of its fakes. */
    public static Path commonTestClasses() {
        return DEPLOY.resolveSibling("common").resolve("target/test-classes");
    }

    public static Path sparkHome() {
        return DEPLOY.resolve("target/spark");
    }
}
