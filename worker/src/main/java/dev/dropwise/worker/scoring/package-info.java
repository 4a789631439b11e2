/** Saved models at work: blocks of examples evaluated and predicted, each by one task, without an exchange. */
@NullMarked
package dev.dropwise.worker.scoring;

import org.jspecify.annotations.NullMarked;
