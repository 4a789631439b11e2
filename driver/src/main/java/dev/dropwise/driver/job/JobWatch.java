package dev.dropwise.driver.job;

/**
 * Who watches a job.
 *
 * @param listener told of what happens
 * @param interruption asked whether to end
 */
public record JobWatch(JobListener listener, Interruption interruption) {}
