/** Programs that benchmarks compare with; {@code deploy/bench} runs them. */
@NullMarked
package dev.dropwise.deploy.bench;

import org.jspecify.annotations.NullMarked;
