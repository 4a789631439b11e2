/** Keyed random streams: every random number of a run is a pure function of what it is for. */
@NullMarked
package dev.dropwise.common.random;

import org.jspecify.annotations.NullMarked;
