/** Planted: the other half of a cycle. */
@NullMarked
package dev.dropwise.deploy.architecture.planted.common.random;

import org.jspecify.annotations.NullMarked;
