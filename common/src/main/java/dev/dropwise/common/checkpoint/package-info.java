/** The state of training on a file system: written so that no reader ever sees half of one, read with distrust. */
@NullMarked
package dev.dropwise.common.checkpoint;

import org.jspecify.annotations.NullMarked;
