package dev.dropwise.common.data.fetch;

import java.nio.file.Path;

/**
 * One published file after a fetch.
 *
 * @param name its published name
 * @param directory where it, or what was unpacked from it, is
 * @param downloadedBytes what this fetch transferred; 0 when the file was there already
 */
public record Fetched(String name, Path directory, long downloadedBytes) {}
