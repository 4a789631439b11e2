package dev.dropwise.driver.reproduce;

import java.util.Optional;

/** A published experiment. Seeds, tolerances and settings are constants of the class, fixed before the first run. */
interface Recipe {
    /** By which it is asked for. */
    String name();

    /** What is done, in a line. */
    String title();

    /** Where the figures were published. */
    String source();

    /** The published data set that it reads; empty for none. */
    Optional<String> data();

    /** Does the experiment. */
    Findings run(Lab lab);
}
