package dev.dropwise.deploy.architecture.planted.worker.collectives;

import io.aeron.Publication;

/** Violates the confinement of Aeron. */
public interface KnowsAeron {
    Publication publication();
}
