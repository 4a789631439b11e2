/** Bytes between JVMs: Kryo 5 that admits registered classes only. */
@NullMarked
package dev.dropwise.common.codec;

import org.jspecify.annotations.NullMarked;
