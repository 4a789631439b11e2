package dev.dropwise.deploy.architecture.planted.driver.job;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Violates the ban on mutable statics three times; constants are none. */
public final class RemembersStatically {
    static final List<String> CONSTANT = List.of("constant");
    static final AtomicInteger COUNTER = new AtomicInteger();
    static final ThreadLocal<Integer> RANK = new ThreadLocal<>();
    static int jobs;

    private RemembersStatically() {}
}
