/** The barrier task: where Spark's world ends and a rank begins. The only user of Spark in this module. */
@NullMarked
package dev.dropwise.worker.spark;

import org.jspecify.annotations.NullMarked;
