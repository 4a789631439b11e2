package dev.dropwise.common.data.fetch;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Downloads a published data set into a local directory. A file arrives in {@code NAME.part}, is continued there after a cut
 * connection (by this fetch or a later one), and takes its name only when its SHA-256 is the published one. Mirrors are tried
 * in turn. Files that are there already are left alone: whole ones if their checksum is right, unpacked ones if their length
 * is.
 *
 * <p>The destination is local; to use the files on a cluster, copy the directory to HDFS or an object store. Not
 * thread-safe: one fetch per directory at a time.
 */
public final class DataFetch {
    private final Publication publication;
    private final Path directory;
    private final Download download;

    /**
     * @param publication what to download and from where
     * @param directory created if need be
     * @param progress told about every piece that arrives
     */
    public DataFetch(Publication publication, Path directory, FetchTimeouts timeouts, FetchProgress progress) {
        this.publication = publication;
        this.directory = directory;
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(timeouts.connect())
                .build();
        this.download = new Download(client, timeouts, progress);
    }

    /**
     * Fetches every file that is not there yet.
     *
     * @return one entry per published file, in published order
     * @throws DropwiseException (I/O) when no mirror can be reached, with where to put which files by hand; (bad data) when
     *     what the mirrors serve is not what was published; (I/O) when the directory cannot be written
     */
    public List<Fetched> run() {
        try {
            Files.createDirectories(directory);
            if (!Files.isWritable(directory)) {
                throw new AccessDeniedException(directory.toString());
            }
            List<Fetched> fetched = new ArrayList<>();
            for (PublishedFile file : publication.files()) {
                fetched.add(new Fetched(file.name(), directory, isThere(file) ? 0 : fetch(file)));
            }
            return fetched;
        } catch (InterruptedIOException e) {
            throw new DropwiseException(
                    DropwiseException.Category.FATAL,
                    ExitCode.INTERRUPTED,
                    "data fetch " + publication.name() + ": " + e.getMessage() + "; run it again to continue",
                    e);
        } catch (IOException e) {
            throw DropwiseException.io(
                    directory + ": cannot be written while fetching " + publication.name() + ": " + e
                            + "; give a --data-dir that is writable and has room",
                    e);
        }
    }

    private boolean isThere(PublishedFile file) throws IOException {
        Path whole = directory.resolve(file.name());
        if (file.unpacked().isEmpty()) {
            return hasLength(whole, file.lengthBytes())
                    && PartFile.sha256(whole).equals(file.sha256());
        }
        for (var each : file.unpacked()) {
            if (!hasLength(directory.resolve(each.name()), each.lengthBytes())) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasLength(Path path, long lengthBytes) throws IOException {
        return Files.isRegularFile(path) && Files.size(path) == lengthBytes;
    }

    private long fetch(PublishedFile file) throws IOException {
        PartFile part = new PartFile(directory.resolve(file.name()));
        if (part.lengthBytes() > file.lengthBytes()) {
            part.remove();
        }
        long before = part.lengthBytes();
        List<String> failures = new ArrayList<>();
        boolean wrongContent = false;
        for (URI address : addresses(file, before > 0)) {
            try {
                transfer(address, file, part);
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                failures.add(e.getMessage());
                continue;
            }
            String found = PartFile.sha256(part.path());
            if (found.equals(file.sha256())) {
                accept(file, part);
                return file.lengthBytes() - before;
            }
            part.remove();
            before = 0;
            wrongContent = true;
            failures.add(address + ": expected SHA-256 " + file.sha256() + ", found " + found
                    + "; the download was removed");
        }
        throw wrongContent ? wrongContent(file, failures) : unreachable(file, failures);
    }

    private List<URI> addresses(PublishedFile file, boolean inherited) {
        List<URI> addresses = new ArrayList<>();
        publication.mirrors().forEach(mirror -> addresses.add(mirror.resolve(file.name())));
        if (inherited) {
            // A part that an earlier fetch left may be rotten without any fault of the mirror: it gets a second chance.
            addresses.add(0, addresses.get(0));
        }
        return addresses;
    }

    /** Asks again as long as every answer brings the file forward. */
    private void transfer(URI address, PublishedFile file, PartFile part) throws IOException {
        while (true) {
            long before = part.lengthBytes();
            try {
                download.resume(address, file, part);
                return;
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                if (part.lengthBytes() <= before) {
                    throw e;
                }
            }
        }
    }

    private void accept(PublishedFile file, PartFile part) throws IOException {
        if (file.unpacked().isEmpty()) {
            part.complete();
        } else {
            Archive.unpack(part.path(), file.unpacked(), directory);
            part.remove();
        }
    }

    private DropwiseException wrongContent(PublishedFile file, List<String> failures) {
        return DropwiseException.badData("data fetch " + publication.name() + ": " + file.name()
                + ": no mirror serves the published file: " + String.join("; ", failures)
                + "; try again later, or " + byHand());
    }

    private DropwiseException unreachable(PublishedFile file, List<String> failures) {
        return DropwiseException.io(
                "data fetch " + publication.name() + ": " + file.name() + ": cannot be downloaded: "
                        + String.join("; ", failures)
                        + "; check the network (a proxy is given to Java by -Dhttps.proxyHost and -Dhttps.proxyPort)"
                        + " and run it again: it continues where it stopped. Without a network, " + byHand(),
                null);
    }

    private String byHand() {
        List<String> names = new ArrayList<>();
        for (PublishedFile file : publication.files()) {
            String address = publication.mirrors().get(0).resolve(file.name()).toString();
            names.add(
                    file.unpacked().isEmpty()
                            ? address
                            : file.unpacked().stream()
                                            .map(PublishedFile.UnpackedFile::name)
                                            .toList()
                                    + " from inside " + address);
        }
        return "put these files by hand into " + directory.toAbsolutePath() + ": " + String.join(", ", names);
    }
}
