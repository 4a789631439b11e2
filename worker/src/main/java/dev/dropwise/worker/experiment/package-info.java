/** Small experiments with dropout alone, without training: what one task computes, and what it answers. */
@NullMarked
package dev.dropwise.worker.experiment;

import org.jspecify.annotations.NullMarked;
