/** Tests of the kernel class, and the session listener that settles one before any test touches ND4J. */
@NullMarked
package dev.dropwise.common.kernel;

import org.jspecify.annotations.NullMarked;
