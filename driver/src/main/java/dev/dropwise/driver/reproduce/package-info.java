/** Published experiments run again on the cluster: recipes, what was published beside what came out, and the verdict. */
@NullMarked
package dev.dropwise.driver.reproduce;

import org.jspecify.annotations.NullMarked;
