package dev.dropwise.common.data.fetch;

import dev.dropwise.common.data.fetch.PublishedFile.UnpackedFile;
import dev.dropwise.common.failure.DropwiseException;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a data set is published.
 *
 * @param name as in {@code --data}
 * @param mirrors addresses of directories with all files, each ending in a slash, the one to try first in front
 * @param files what to download
 */
public record Publication(String name, List<URI> mirrors, List<PublishedFile> files) {
    private static final long CIFAR_BATCH_BYTES = 10_000L * 3073;

    public Publication {
        mirrors = List.copyOf(mirrors);
        files = List.copyOf(files);
        if (mirrors.isEmpty() || files.isEmpty()) {
            throw new IllegalArgumentException("a publication needs mirrors and files: " + name);
        }
    }

    /**
     * MNIST (LeCun, Cortes and Burges 1998). The authors' own address no longer serves the files, so it comes last.
     */
    public static Publication mnist() {
        return new Publication(
                "mnist",
                mirrors(
                        "https://ossci-datasets.s3.amazonaws.com/mnist/",
                        "https://storage.googleapis.com/cvdf-datasets/mnist/",
                        "https://yann.lecun.com/exdb/mnist/"),
                List.of(
                        whole(
                                "train-images-idx3-ubyte.gz",
                                9_912_422,
                                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                        whole(
                                "train-labels-idx1-ubyte.gz",
                                28_881,
                                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                        whole(
                                "t10k-images-idx3-ubyte.gz",
                                1_648_877,
                                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                        whole(
                                "t10k-labels-idx1-ubyte.gz",
                                4_542,
                                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")));
    }

    /** CIFAR-10, binary version (Krizhevsky 2009): one archive, of which the six batches are kept. */
    public static Publication cifar10() {
        return new Publication(
                "cifar10",
                mirrors("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"),
                List.of(new PublishedFile(
                        "cifar-10-binary.tar.gz",
                        170_052_171,
                        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                        Stream.of(
                                        "data_batch_1.bin",
                                        "data_batch_2.bin",
                                        "data_batch_3.bin",
                                        "data_batch_4.bin",
                                        "data_batch_5.bin",
                                        "test_batch.bin")
                                .map(batch -> new UnpackedFile(batch, CIFAR_BATCH_BYTES))
                                .toList())));
    }

    /**
     * The publication of {@code name}.
     *
     * @throws DropwiseException (configuration) when it is none that can be fetched
     */
    public static Publication of(String name) {
        return switch (name) {
            case "mnist" -> mnist();
            case "cifar10" -> cifar10();
            default ->
                throw DropwiseException.configuration(
                        "data fetch '" + name + "': expected mnist or cifar10 (digits is embedded and needs no files)");
        };
    }

    /** The same files from elsewhere. */
    public Publication from(List<URI> otherMirrors) {
        return new Publication(name, otherMirrors, files);
    }

    private static List<URI> mirrors(String... addresses) {
        return Stream.of(addresses).map(URI::create).toList();
    }

    private static PublishedFile whole(String name, long lengthBytes, String sha256) {
        return new PublishedFile(name, lengthBytes, sha256, List.of());
    }
}
