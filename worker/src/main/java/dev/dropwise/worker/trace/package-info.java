/** What a rank did when: spans recorded for {@code train --trace}, in bounded memory, and the clocks they were taken by. */
@NullMarked
package dev.dropwise.worker.trace;

import org.jspecify.annotations.NullMarked;
