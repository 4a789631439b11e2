/** What {@code dropwise doctor} makes of a cluster: findings, each with its remedy, and whether a job would run. */
@NullMarked
package dev.dropwise.driver.doctor;

import org.jspecify.annotations.NullMarked;
