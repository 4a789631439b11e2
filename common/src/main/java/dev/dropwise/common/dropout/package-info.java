/** The dropout family: training noise whose every random number comes from a keyed stream, and the audit that proves it. */
@NullMarked
package dev.dropwise.common.dropout;

import org.jspecify.annotations.NullMarked;
