/** Planted: what the command line may do. */
@NullMarked
package dev.dropwise.deploy.architecture.planted.driver.cli;

import org.jspecify.annotations.NullMarked;
