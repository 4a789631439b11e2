/** What a run is asked to do: immutable records, checked in their constructors, every rule naming the values that break it. */
@NullMarked
package dev.dropwise.common.config;

import org.jspecify.annotations.NullMarked;
