/** Planted: collectives that go past the transport. */
@NullMarked
package dev.dropwise.deploy.architecture.planted.worker.collectives;

import org.jspecify.annotations.NullMarked;
