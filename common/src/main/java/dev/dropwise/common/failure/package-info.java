/** What can go wrong, in one vocabulary: an exit code, whether a new attempt can help, and a text for people. */
@NullMarked
package dev.dropwise.common.failure;

import org.jspecify.annotations.NullMarked;
