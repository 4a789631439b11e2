/** Faults that are done to real processes at moments drawn from a seed. */
@NullMarked
package dev.dropwise.deploy.fault;

import org.jspecify.annotations.NullMarked;
