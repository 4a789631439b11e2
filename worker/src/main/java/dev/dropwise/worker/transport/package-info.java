/** Moves frames between ranks: the frame's layout and checks, and Aeron, whose only user this package is. */
@NullMarked
package dev.dropwise.worker.transport;

import org.jspecify.annotations.NullMarked;
