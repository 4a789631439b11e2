package dev.dropwise.deploy.architecture.planted.driver.job;

import picocli.CommandLine;

/** Violates the confinement of picocli. */
public interface KnowsPicocli {
    CommandLine line();
}
