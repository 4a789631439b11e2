/** Training images distorted at random: by keyed streams, on normalised floats, on their way into a mini-batch. */
@NullMarked
package dev.dropwise.common.augment;

import org.jspecify.annotations.NullMarked;
