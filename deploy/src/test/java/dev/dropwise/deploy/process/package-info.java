/** What end-to-end tests start and never leave behind: commands, and a standalone Spark cluster. */
@NullMarked
package dev.dropwise.deploy.process;

import org.jspecify.annotations.NullMarked;
