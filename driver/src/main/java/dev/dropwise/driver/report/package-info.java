/** The page that shows a run to a person, and numbers as people read them. */
@NullMarked
package dev.dropwise.driver.report;

import org.jspecify.annotations.NullMarked;
