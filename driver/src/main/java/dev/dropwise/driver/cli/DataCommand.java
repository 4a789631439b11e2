package dev.dropwise.driver.cli;

import picocli.CommandLine.Command;

/** {@code dropwise data}. */
@Command(name = "data", description = "Handles data sets.", mixinStandardHelpOptions = true)
final class DataCommand {}
