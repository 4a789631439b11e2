/** Planted: a training loop that knows where it runs. */
@NullMarked
package dev.dropwise.deploy.architecture.planted.worker.training;

import org.jspecify.annotations.NullMarked;
