/** Planted: half a cycle. */
@NullMarked
package dev.dropwise.deploy.architecture.planted.common.codec;

import org.jspecify.annotations.NullMarked;
