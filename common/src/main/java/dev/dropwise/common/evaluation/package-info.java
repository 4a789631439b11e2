/** How good a network is: eval-mode passes over labelled examples, and their counts. */
@NullMarked
package dev.dropwise.common.evaluation;

import org.jspecify.annotations.NullMarked;
