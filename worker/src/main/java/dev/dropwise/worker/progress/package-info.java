/** What ranks tell the driver while a job runs, as records. */
@NullMarked
package dev.dropwise.worker.progress;

import org.jspecify.annotations.NullMarked;
