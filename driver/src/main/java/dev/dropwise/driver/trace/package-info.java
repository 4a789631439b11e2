/** What ranks did when, as a file that trace viewers read. */
@NullMarked
package dev.dropwise.driver.trace;

import org.jspecify.annotations.NullMarked;
