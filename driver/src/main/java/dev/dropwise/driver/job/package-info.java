/** A training job on Spark: the context, slots, native jars, attempts, and what ranks report. */
@NullMarked
package dev.dropwise.driver.job;

import org.jspecify.annotations.NullMarked;
