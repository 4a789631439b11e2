/** What {@code dropwise doctor} looks at on a rank's host, and how fast ranks reach one another: no Spark in here. */
@NullMarked
package dev.dropwise.worker.diagnosis;

import org.jspecify.annotations.NullMarked;
