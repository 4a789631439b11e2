/** Planted: the one place that may remember statically. */
@NullMarked
package dev.dropwise.deploy.architecture.planted.worker.spark;

import org.jspecify.annotations.NullMarked;
