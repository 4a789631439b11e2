/** Data sets as unsigned bytes: readers that distrust files, the split into shards, and the order of an epoch. */
@NullMarked
package dev.dropwise.common.data;

import org.jspecify.annotations.NullMarked;
