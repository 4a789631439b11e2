/** Digits written by an imaginary hand: stroke outlines, distorted and inked by arithmetic that is the same on every JVM. */
@NullMarked
package dev.dropwise.common.data.digits;

import org.jspecify.annotations.NullMarked;
