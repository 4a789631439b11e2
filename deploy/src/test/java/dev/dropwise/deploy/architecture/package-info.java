/** The arrows of ARCHITECTURE.md as tests, and planted violations that prove that each of them can fail. */
@NullMarked
package dev.dropwise.deploy.architecture;

import org.jspecify.annotations.NullMarked;
