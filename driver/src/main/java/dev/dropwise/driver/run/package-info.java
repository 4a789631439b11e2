/** What a run leaves behind: run.json, metrics.jsonl, and where the rest lies. */
@NullMarked
package dev.dropwise.driver.run;

import org.jspecify.annotations.NullMarked;
