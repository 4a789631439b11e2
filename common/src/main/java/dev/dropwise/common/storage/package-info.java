/** Whole files on any Hadoop file system: replaced at once or not at all. */
@NullMarked
package dev.dropwise.common.storage;

import org.jspecify.annotations.NullMarked;
