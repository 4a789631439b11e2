/** Planted: a transport that may know Aeron, but not ND4J. */
@NullMarked
package dev.dropwise.deploy.architecture.planted.worker.transport;

import org.jspecify.annotations.NullMarked;
