/** What a person sees who watches a run: progress while it goes on, notices, and how it ended. */
@NullMarked
package dev.dropwise.driver.console;

import org.jspecify.annotations.NullMarked;
