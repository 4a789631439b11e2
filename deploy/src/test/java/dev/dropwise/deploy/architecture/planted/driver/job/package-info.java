/** Planted: a job with options, a memory and dice of its own. */
@NullMarked
package dev.dropwise.deploy.architecture.planted.driver.job;

import org.jspecify.annotations.NullMarked;
