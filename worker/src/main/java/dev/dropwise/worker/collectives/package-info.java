/** What ranks do together, over any transport: all-reduce, broadcast, all-gather and barrier, each with a deadline. */
@NullMarked
package dev.dropwise.worker.collectives;

import org.jspecify.annotations.NullMarked;
