package dev.dropwise.deploy.architecture.planted.worker.training;

import java.util.function.UnaryOperator;

/** Violates the confinement of the environment. */
public final class ReadsEnvironment {
    private ReadsEnvironment() {}

    static int variables() {
        return System.getenv().size() + System.getenv("PATH").length();
    }

    static UnaryOperator<String> variable() {
        return System::getenv;
    }
}
