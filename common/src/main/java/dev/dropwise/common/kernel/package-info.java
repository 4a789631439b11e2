/** Which native kernels a JVM computes with, settled once before ND4J loads so that all ranks give the same bits. */
@NullMarked
package dev.dropwise.common.kernel;

import org.jspecify.annotations.NullMarked;
