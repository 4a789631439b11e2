/** Planted: a configuration that knows too much. */
@NullMarked
package dev.dropwise.deploy.architecture.planted.common.config;

import org.jspecify.annotations.NullMarked;
