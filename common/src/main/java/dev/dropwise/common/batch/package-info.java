/** Examples as the network reads them: normalised floats outside the heap, gathered into mini-batches. */
@NullMarked
package dev.dropwise.common.batch;

import org.jspecify.annotations.NullMarked;
