/** The command line: what a person or a scheduler types, and how the process ends. */
@NullMarked
package dev.dropwise.driver.cli;

import org.jspecify.annotations.NullMarked;
