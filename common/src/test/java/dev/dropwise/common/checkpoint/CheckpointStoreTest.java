package dev.dropwise.common.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class CheckpointStoreTest {
    private final List<String> warnings = new ArrayList<>();

    @TempDir
    private Path out;

    /** What can have happened to the newest checkpoint. */
    enum Damage {
        FLIPPED_BYTE("epoch-00003.state") {
            @Override
            void strike(Path state, Path manifest) throws IOException {
                byte[] bytes = Files.readAllBytes(state);
                bytes[bytes.length / 2] ^= 1;
                Files.write(state, bytes);
            }
        },
        TRUNCATED_STATE("epoch-00003.state") {
            @Override
            void strike(Path state, Path manifest) throws IOException {
                Files.write(state, Arrays.copyOf(Files.readAllBytes(state), 40));
            }
        },
        EMPTY_STATE("epoch-00003.state") {
            @Override
            void strike(Path state, Path manifest) throws IOException {
                Files.write(state, new byte[0]);
            }
        },
        MISSING_STATE("epoch-00003.state") {
            @Override
            void strike(Path state, Path manifest) throws IOException {
                Files.delete(state);
            }
        },
        MISSING_MANIFEST("epoch-00003.manifest") {
            @Override
            void strike(Path state, Path manifest) throws IOException {
                Files.delete(manifest);
            }
        },
        HALF_A_MANIFEST("epoch-00003.manifest") {
            @Override
            void strike(Path state, Path manifest) throws IOException {
                byte[] bytes = Files.readAllBytes(manifest);
                Files.write(manifest, Arrays.copyOf(bytes, bytes.length / 2));
            }
        },
        MANIFEST_WITHOUT_ITS_LAST_BYTE("epoch-00003.manifest") {
            @Override
            void strike(Path state, Path manifest) throws IOException {
                byte[] bytes = Files.readAllBytes(manifest);
                Files.write(manifest, Arrays.copyOf(bytes, bytes.length - 1));
            }
        },
        MANIFEST_OF_ANOTHER_EPOCH("epoch-00003.state") {
            @Override
            void strike(Path state, Path manifest) throws IOException {
                Files.copy(manifest.resolveSibling("epoch-00002.manifest"), manifest, REPLACE);
            }
        };

        private static final java.nio.file.CopyOption REPLACE = java.nio.file.StandardCopyOption.REPLACE_EXISTING;

        private final String named;

        Damage(String named) {
            this.named = named;
        }

        abstract void strike(Path state, Path manifest) throws IOException;
    }

    @Test
    void shouldFindNothingAndKeepQuietWhenTheDirectoryDoesNotExist() {
        assertThat(store().newest(Integer.MAX_VALUE)).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    void shouldReadTheNewestWhenSeveralAreWhole() {
        write(1, 1);
        write(2, 1);

        assertThat(newestEpoch()).isEqualTo(2);
        assertThat(warnings).isEmpty();
    }

    @Test
    void shouldReadTheNewestOfThoseAllowedWhenALastEpochIsGiven() {
        write(1, 1);
        write(2, 1);

        assertThat(store().newest(1))
                .get()
                .satisfies(found -> assertThat(found.position().epoch()).isEqualTo(1));
    }

    @ParameterizedTest
    @CsvSource({
        // best epoch after each of five epochs | checkpoints then there
        "1 2 3 4 5, 4 5",
        "1 1 1 1 1, 1 4 5",
        "1 2 2 2 2, 2 4 5",
        "1 2 2 4 4, 4 5",
        // The newest may turn out to be damaged: the one before it still has its best.
        "1 1 1 1 5, 1 4 5",
        "1 1 1 4 4, 4 5",
        "0 0 0 0 0, 4 5",
    })
    void shouldKeepTheLastTwoAndTheBestWhenEpochsGoBy(String bests, String kept) throws IOException {
        String[] best = bests.split(" ", -1);
        for (int epoch = 1; epoch <= best.length; epoch++) {
            write(epoch, Integer.parseInt(best[epoch - 1]));
        }

        assertThat(files())
                .containsExactly(Arrays.stream(kept.split(" ", -1))
                        .flatMap(
                                epoch -> Stream.of("epoch-0000" + epoch + ".manifest", "epoch-0000" + epoch + ".state"))
                        .toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource
    void shouldFallBackToTheOneBeforeAndNameTheFileWhenTheNewestIsDamaged(Damage damage) throws IOException {
        write(2, 2);
        write(3, 3);
        damage.strike(checkpoint("epoch-00003.state"), checkpoint("epoch-00003.manifest"));

        assertThat(newestEpoch()).isEqualTo(2);
        assertThat(warnings)
                .singleElement()
                .satisfies(text -> assertThat(text)
                        .startsWith("checkpoint of epoch 3 passed over: ")
                        .contains(damage.named));
    }

    @Test
    void shouldWriteTheEpochAgainWhenItsCheckpointWasDamaged() throws IOException {
        write(2, 2);
        write(3, 3);
        Damage.HALF_A_MANIFEST.strike(checkpoint("epoch-00003.state"), checkpoint("epoch-00003.manifest"));

        write(3, 3);

        assertThat(newestEpoch()).isEqualTo(3);
        assertThat(warnings).isEmpty();
    }

    @Test
    void shouldDeleteTheStateTooWhenItsManifestIsGoneAndTheEpochIsNoLongerKept() throws IOException {
        write(1, 0);
        Files.delete(checkpoint("epoch-00001.manifest"));

        write(2, 0);
        write(3, 0);

        assertThat(files())
                .containsExactly(
                        "epoch-00002.manifest", "epoch-00002.state", "epoch-00003.manifest", "epoch-00003.state");
    }

    @Test
    void shouldLeaveLaterCheckpointsAloneWhenAnEarlierEpochIsWrittenAgain() throws IOException {
        for (int epoch = 1; epoch <= 4; epoch++) {
            write(epoch, epoch);
        }

        write(1, 1);

        assertThat(files()).contains("epoch-00003.state", "epoch-00004.state", "epoch-00001.state");
    }

    @Test
    void shouldLeaveForeignFilesAloneWhenTheyLieBesideCheckpoints() throws IOException {
        write(1, 1);
        Files.writeString(checkpoint("epoch-1.state"), "mine");
        Files.writeString(checkpoint("notes.txt"), "mine too");

        for (int epoch = 2; epoch <= 4; epoch++) {
            write(epoch, epoch);
        }

        assertThat(files()).contains("epoch-1.state", "notes.txt");
        assertThat(newestEpoch()).isEqualTo(4);
    }

    private void write(int epoch, int best) {
        store().write(new TrainingState(
                new Position(epoch, epoch * 10L, best, 0.5, 1),
                "digest",
                "kernel",
                new float[] {epoch, 1},
                new float[] {2},
                new byte[] {3}));
    }

    private int newestEpoch() {
        return store().newest(Integer.MAX_VALUE).orElseThrow().position().epoch();
    }

    private CheckpointStore store() {
        return new CheckpointStore(
                new org.apache.hadoop.fs.Path(directory().toUri()), new Configuration(), warnings::add);
    }

    private Path directory() {
        return out.resolve("checkpoints");
    }

    private Path checkpoint(String name) {
        return directory().resolve(name);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("newest"))
                    .sorted()
                    .toList();
        }
    }
}
