/** Faster execution of stock Deeplearning4j layer configurations, and the training step that drives them. */
@NullMarked
package dev.dropwise.common.layer;

import org.jspecify.annotations.NullMarked;
