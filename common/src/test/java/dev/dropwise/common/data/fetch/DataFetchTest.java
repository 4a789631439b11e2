package dev.dropwise.common.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.data.fetch.PublishedFile.UnpackedFile;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class DataFetchTest {
    private static final String NAME = "images.gz";
    private static final byte[] CONTENT = noise(300_000, 1);

    @TempDir
    Path directory;

    private MirrorServer mirror;

    @BeforeEach
    void start() throws IOException {
        mirror = new MirrorServer().serving(NAME, CONTENT);
    }

    @AfterEach
    void stop() {
        mirror.close();
    }

    @Test
    void shouldDownloadEverythingWhenNothingIsThere() throws IOException {
        List<Long> progress = Collections.synchronizedList(new ArrayList<>());
        DataFetch fetch = new DataFetch(
                publication(mirror.address()),
                directory.resolve("new/set"),
                FetchTimeouts.standard(),
                (file, done, total) -> progress.add(done));

        List<Fetched> fetched = fetch.run();

        assertThat(fetched).containsExactly(new Fetched(NAME, directory.resolve("new/set"), CONTENT.length));
        assertThat(Files.readAllBytes(directory.resolve("new/set").resolve(NAME)))
                .isEqualTo(CONTENT);
        assertThat(directory.resolve("new/set")).isDirectoryNotContaining("glob:**.part");
        assertThat(progress).isSorted().endsWith((long) CONTENT.length);
        assertThat(mirror.requests()).containsExactly("/set/images.gz null 200");
    }

    @Test
    void shouldLeaveTheFileAloneWhenItIsThereAndRight() throws IOException {
        Files.write(directory.resolve(NAME), CONTENT);

        assertThat(fetch(mirror.address())).containsExactly(new Fetched(NAME, directory, 0));
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void shouldReplaceTheFileWhenItsChecksumIsWrong() throws IOException {
        Files.write(directory.resolve(NAME), new byte[CONTENT.length]);

        fetch(mirror.address());

        assertThat(Files.readAllBytes(directory.resolve(NAME))).isEqualTo(CONTENT);
    }

    @Test
    void shouldAskForTheRestWhenTheConnectionIsCut() throws IOException {
        mirror.hangingUpOnceAfter(100_000);

        fetch(mirror.address());

        assertThat(Files.readAllBytes(directory.resolve(NAME))).isEqualTo(CONTENT);
        assertThat(mirror.requests()).hasSize(2);
        assertThat(mirror.requests().get(0)).isEqualTo("/set/images.gz null 200");
        assertThat(mirror.requests().get(1)).matches("/set/images.gz bytes=[1-9][0-9]*- 206");
    }

    @Test
    void shouldContinueWhenAnEarlierFetchLeftAPart() throws IOException {
        Files.write(directory.resolve(NAME + ".part"), Arrays.copyOf(CONTENT, 123_456));

        assertThat(fetch(mirror.address())).containsExactly(new Fetched(NAME, directory, CONTENT.length - 123_456));

        assertThat(Files.readAllBytes(directory.resolve(NAME))).isEqualTo(CONTENT);
        assertThat(mirror.requests()).containsExactly("/set/images.gz bytes=123456- 206");
    }

    @Test
    void shouldStartAnewWhenTheServerIgnoresRanges() throws IOException {
        mirror.withoutRanges();
        Files.write(directory.resolve(NAME + ".part"), noise(123_456, 8));

        fetch(mirror.address());

        assertThat(Files.readAllBytes(directory.resolve(NAME))).isEqualTo(CONTENT);
    }

    @Test
    void shouldStartAnewWhenTheInheritedPartIsRotten() throws IOException {
        Files.write(directory.resolve(NAME + ".part"), noise(1000, 8));

        assertThat(fetch(mirror.address())).containsExactly(new Fetched(NAME, directory, CONTENT.length));

        assertThat(Files.readAllBytes(directory.resolve(NAME))).isEqualTo(CONTENT);
        assertThat(mirror.requests()).containsExactly("/set/images.gz bytes=1000- 206", "/set/images.gz null 200");
    }

    @Test
    void shouldRefuseAndRemoveThePartWhenTheChecksumIsWrong() {
        byte[] wrong = CONTENT.clone();
        wrong[77] ^= 1;
        mirror.serving(NAME, wrong);

        assertThatThrownBy(() -> fetch(mirror.address()))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
                .hasMessageContainingAll(
                        NAME,
                        "expected SHA-256 " + sha256(CONTENT),
                        "found " + sha256(wrong),
                        "put these files by hand");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldRefuseWhenTheServerSendsMoreThanPublished() {
        mirror.serving(NAME, Arrays.copyOf(CONTENT, CONTENT.length + 1));

        assertThatThrownBy(() -> fetch(mirror.address())).hasMessageContaining("more than the published 300000 bytes");
        assertThat(directory.resolve(NAME)).doesNotExist();
    }

    @Test
    void shouldTryTheNextMirrorWhenOneLacksTheFile() throws IOException {
        try (MirrorServer empty = new MirrorServer()) {
            fetch(empty.address(), mirror.address());

            assertThat(empty.requests()).containsExactly("/set/images.gz null 404");
        }
        assertThat(Files.readAllBytes(directory.resolve(NAME))).isEqualTo(CONTENT);
    }

    @Test
    void shouldSayWhatToPutWhereWhenNoMirrorCanBeReached() throws IOException {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
        }

        assertThatThrownBy(() -> fetch(nobody))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                .hasMessageContainingAll(
                        "data fetch test: images.gz: cannot be downloaded",
                        "ConnectException",
                        "put these files by hand into " + directory + ": " + nobody + NAME);
    }

    @Test
    void shouldGiveUpAndKeepThePartWhenTheServerStalls() throws IOException {
        // The first answer brings some bytes and stalls; the second stalls at once.
        mirror.stallingAfter(50_000).stallingFromTheStartAfter(1);
        FetchTimeouts impatient = new FetchTimeouts(Duration.ofMillis(300), Duration.ofMillis(200));
        DataFetch fetch = new DataFetch(publication(mirror.address()), directory, impatient, FetchProgress.silent());

        assertThatThrownBy(fetch::run)
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                .hasMessageContaining("sent nothing for");
        assertThat(mirror.requests()).hasSize(2);
        assertThat(mirror.requests().get(1)).matches("/set/images.gz bytes=[1-9][0-9]*- 206");
        byte[] part = Files.readAllBytes(directory.resolve(NAME + ".part"));
        assertThat(part).hasSizeBetween(1, 50_000).isEqualTo(Arrays.copyOf(CONTENT, part.length));
    }

    @Test
    void shouldKeepTheSixBatchesWhenCifarComesAsAnArchive() throws IOException {
        byte[] first = noise(3073, 2);
        byte[] second = noise(3073, 3);
        byte[] archive = tarGz(
                List.of("cifar-10-batches-bin/readme.html", "cifar-10-batches-bin/a.bin", "../../b.bin"),
                List.of(new byte[10], first, second));
        mirror.serving("set.tar.gz", archive);
        Publication publication = new Publication(
                "test",
                List.of(mirror.address()),
                List.of(new PublishedFile(
                        "set.tar.gz",
                        archive.length,
                        sha256(archive),
                        List.of(new UnpackedFile("a.bin", 3073), new UnpackedFile("b.bin", 3073)))));
        DataFetch fetch = new DataFetch(publication, directory, FetchTimeouts.standard(), FetchProgress.silent());

        fetch.run();

        assertThat(directory.resolve("a.bin")).hasBinaryContent(first);
        assertThat(directory.resolve("b.bin")).hasBinaryContent(second);
        try (var left = Files.list(directory)) {
            assertThat(left).hasSize(2);
        }
        assertThat(fetch.run()).containsExactly(new Fetched("set.tar.gz", directory, 0));
        assertThat(mirror.requests()).hasSize(1);
    }

    @Test
    void shouldKnowWhatIsPublishedWhenNamed() {
        assertThat(Publication.of("mnist").files()).hasSize(4);
        assertThat(Publication.of("cifar10").files().get(0).unpacked()).hasSize(6);
        assertThatThrownBy(() -> Publication.of("digits")).hasMessageContaining("expected mnist or cifar10");
    }

    private List<Fetched> fetch(URI... mirrors) {
        return new DataFetch(publication(mirrors), directory, FetchTimeouts.standard(), FetchProgress.silent()).run();
    }

    private static Publication publication(URI... mirrors) {
        PublishedFile file = new PublishedFile(NAME, CONTENT.length, sha256(CONTENT), List.of());
        return new Publication("test", List.of(mirrors), List.of(file));
    }

    private static byte[] tarGz(List<String> names, List<byte[]> contents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            for (int i = 0; i < names.size(); i++) {
                TarArchiveEntry entry = new TarArchiveEntry(names.get(i), true);
                entry.setSize(contents.get(i).length);
                tar.putArchiveEntry(entry);
                tar.write(contents.get(i));
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
