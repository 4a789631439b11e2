/** Planted: the one place that may draw a secret. */
@NullMarked
package dev.dropwise.deploy.architecture.planted.worker.membership;

import org.jspecify.annotations.NullMarked;
