/** Networks: the zoo that builds them, and the zip that carries a trained one to Dropwise and to stock Deeplearning4j. */
@NullMarked
package dev.dropwise.common.model;

import org.jspecify.annotations.NullMarked;
