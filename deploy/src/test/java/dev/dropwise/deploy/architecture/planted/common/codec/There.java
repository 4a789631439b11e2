package dev.dropwise.deploy.architecture.planted.common.codec;

import dev.dropwise.deploy.architecture.planted.common.random.Back;

/** Violates, together with {@link Back}, the ban on cycles. */
public record There(Back back) {}
