/** End-to-end tests: the packaged application, its scripts and real Spark processes, as a user runs them. */
@NullMarked
package dev.dropwise.deploy;

import org.jspecify.annotations.NullMarked;
