/** Run directories as any other program sees them, and data sets for tests: plain files, without Dropwise's own readers. */
@NullMarked
package dev.dropwise.deploy.run;

import org.jspecify.annotations.NullMarked;
