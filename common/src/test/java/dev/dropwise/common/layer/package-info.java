/** Tests and a benchmark of the fast layers, against the stock ones. */
@NullMarked
package dev.dropwise.common.layer;

import org.jspecify.annotations.NullMarked;
