/** Downloads of the published data sets: resumable, checked, and helpful where there is no network. */
@NullMarked
package dev.dropwise.common.data.fetch;

import org.jspecify.annotations.NullMarked;
