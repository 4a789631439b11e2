package dev.dropwise.common.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.common.storage.ObjectStore;
import dev.dropwise.common.storage.ObjectStore.Crash;
import dev.dropwise.common.storage.ObjectStore.Fault;
import dev.dropwise.common.storage.WholeFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run on an object store that crashes, or is refused, before each of its operations in turn: what a reader finds afterwards. */
@Timeout(60)
class CrashPointTest {
    /** The best epoch after each one: of long standing, replaced by the newest, by the one before, by the newest again. */
    private static final int[] BEST = {1, 1, 1, 4, 4, 4, 7, 8};

    private static final int ALL_CHANGES = 10_000;

    private static final int[] LAGS = {0, 1, 3, ALL_CHANGES};

    private final List<String> warnings = new ArrayList<>();
    private final Configuration hadoop = ObjectStore.configuration();
    private Path directory = new Path("store://none");
    private ObjectStore store = new ObjectStore();

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    void shouldGoOnFromTheNewestWholeCheckpointWhenTheProcessEndsBetweenAnyTwoOperations() throws IOException {
        Map<String, byte[]> undisturbed = undisturbed();
        int points = store.operations().size();
        for (int point = 0; point < points; point++) {
            openNew();
            int returned = trainUntil(point, Fault.CRASH);
            String where = "crash before operation " + point + ": " + last(store.operations());

            int there = newestThere();
            assertThat(there).as(where).isBetween(returned, returned + 1);
            assertReaderFinds(there, where);
            assertGoingOnEndsAs(undisturbed, there, where);
        }
        System.out.println("crashed before each of " + points + " operations of " + BEST.length + " epochs");
        assertThat(points).isGreaterThan(100);
    }

    @Test
    void shouldGoOnFromTheNewestWholeCheckpointWhenAnyOperationIsRefused() throws IOException {
        Map<String, byte[]> undisturbed = undisturbed();
        int points = store.operations().size();
        for (int point = 0; point < points; point++) {
            openNew();
            warnings.clear();
            int returned = trainUntil(point, Fault.REFUSAL);
            String where = "refusal of operation " + point + ", then " + last(store.operations());

            int there = newestThere();
            assertThat(there).as(where).isBetween(returned, Math.min(returned + 1, BEST.length));
            // What was refused is told, either way.
            assertThat(returned < BEST.length || !warnings.isEmpty()).as(where).isTrue();
            assertReaderFinds(there, where);
            store.restart(0);
            train(Math.min(there, BEST.length - 1));
            assertThat(store.objects()).as(where).containsAllEntriesOf(undisturbed);
        }
    }

    @Test
    void shouldFallBackToTheOneBeforeAndStillHaveItsBestWhenTheNewestIsDamaged() throws IOException {
        for (int epoch = 2; epoch <= BEST.length; epoch++) {
            openNew();
            for (int each = 1; each <= epoch; each++) {
                store().write(state(each));
            }
            String path = name(epoch) + ".state";
            byte[] bytes = CheckpointFormat.write(state(epoch));
            bytes[bytes.length / 2] ^= 1;
            new WholeFile(new Path(store.getUri() + path), hadoop).replace(bytes);

            assertReaderFinds(epoch - 1, "epoch " + epoch + " damaged");
        }
    }

    @Test
    void shouldFailAndNotGoBackWhenNobodyAnswersAReader() throws IOException {
        undisturbed();
        store.restart(0);
        assertThat(store().newest(Integer.MAX_VALUE)).isPresent();
        int points = store.operations().size();
        assertThat(points).isGreaterThanOrEqualTo(4);
        for (int point = 0; point < points; point++) {
            store.strike(point, Fault.SILENCE);

            assertThatThrownBy(() -> store().newest(Integer.MAX_VALUE))
                    .asInstanceOf(type(DropwiseException.class))
                    .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                    .satisfies(e -> assertThat(e).hasMessageContaining("can be reached from this host"));
        }
    }

    private Map<String, byte[]> undisturbed() throws IOException {
        openNew();
        train(0);
        return store.objects();
    }

    private void openNew() throws IOException {
        store.close();
        directory = new Path("store://" + UUID.randomUUID() + "/run/checkpoints");
        store = ObjectStore.of(directory, hadoop);
    }

    private void train(int from) {
        for (int epoch = from + 1; epoch <= BEST.length; epoch++) {
            store().write(state(epoch));
        }
    }

    /** How many epochs' checkpoints were written, by what the writer was told, when a fault struck at {@code point}. */
    private int trainUntil(int point, Fault fault) {
        store.strike(point, fault);
        int epoch = 0;
        try {
            while (epoch < BEST.length) {
                store().write(state(epoch + 1));
                epoch++;
            }
            assertThat(fault).isEqualTo(Fault.REFUSAL);
        } catch (Crash e) {
            assertThat(fault).isEqualTo(Fault.CRASH);
        } catch (DropwiseException e) {
            assertThat(fault).isEqualTo(Fault.REFUSAL);
            assertThat(e.exitCode()).isEqualTo(ExitCode.IO);
        }
        assertThat(store.operations()).as("the fault has struck").hasSizeGreaterThan(point);
        return epoch;
    }

    /** The newest epoch both of whose objects are there; fails if any object is not what was to be written, whole. */
    private int newestThere() {
        int newest = 0;
        Map<String, byte[]> objects = store.objects();
        for (int epoch = 1; epoch <= BEST.length; epoch++) {
            byte[] whole = CheckpointFormat.write(state(epoch));
            byte[] manifest = Manifest.of(state(epoch).position(), whole).text().getBytes(UTF_8);
            assertThat(objects.getOrDefault(name(epoch) + ".state", whole)).isEqualTo(whole);
            assertThat(objects.getOrDefault(name(epoch) + ".manifest", manifest))
                    .isEqualTo(manifest);
            if (objects.containsKey(name(epoch) + ".state") && objects.containsKey(name(epoch) + ".manifest")) {
                newest = epoch;
            }
        }
        return newest;
    }

    private void assertReaderFinds(int epoch, String where) {
        for (int lag : LAGS) {
            store.restart(lag);
            Optional<TrainingState> found = store().newest(Integer.MAX_VALUE);
            assertThat(found.map(each -> text(CheckpointFormat.write(each))))
                    .as("%s, listings %d changes behind", where, lag)
                    .isEqualTo(epoch == 0 ? Optional.empty() : Optional.of(text(CheckpointFormat.write(state(epoch)))));
            if (epoch > 0) {
                assertThat(store().whole(BEST[epoch - 1]))
                        .as("%s, the best of %d", where, epoch)
                        .isPresent();
            }
        }
    }

    private void assertGoingOnEndsAs(Map<String, byte[]> undisturbed, int from, String where) {
        store.restart(0);
        // After the last epoch nothing would be written, and so nothing pruned.
        train(Math.min(from, BEST.length - 1));
        assertThat(store.objects()).as(where).containsOnlyKeys(undisturbed.keySet());
        assertThat(store.objects()).as(where).containsAllEntriesOf(undisturbed);
    }

    private static TrainingState state(int epoch) {
        return new TrainingState(
                new Position(epoch, epoch * 10L, BEST[epoch - 1], 0.5, 1),
                "digest",
                "kernel",
                new float[] {epoch, 1},
                new float[] {2},
                new byte[] {3});
    }

    /** Bytes that compare by value. */
    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    private static String name(int epoch) {
        return String.format(Locale.ROOT, "/run/checkpoints/epoch-%05d", epoch);
    }

    private static String last(List<String> operations) {
        return operations.get(operations.size() - 1);
    }

    private CheckpointStore store() {
        return new CheckpointStore(directory, hadoop, warnings::add);
    }
}
