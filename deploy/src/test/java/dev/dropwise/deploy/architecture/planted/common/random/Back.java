package dev.dropwise.deploy.architecture.planted.common.random;

import dev.dropwise.deploy.architecture.planted.common.codec.There;

/** Violates, together with {@link There}, the ban on cycles. */
public interface Back {
    There there();
}
