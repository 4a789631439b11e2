/** A program that knows Deeplearning4j and nothing of Dropwise. */
@NullMarked
package dev.dropwise.deploy.stock;

import org.jspecify.annotations.NullMarked;
