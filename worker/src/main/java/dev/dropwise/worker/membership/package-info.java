/** Who takes part: the records that ranks meet with, the roster they agree on, and how long anybody is waited for. */
@NullMarked
package dev.dropwise.worker.membership;

import org.jspecify.annotations.NullMarked;
