package dev.dropwise.common.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.dropwise.common.checkpoint.Position;
import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.Augmentation;
import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ExchangeMode;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.PixelScale;
import dev.dropwise.common.config.RateSchedule;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.ScheduleConfig;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.evaluation.Tally;
import dev.dropwise.common.failure.DropwiseException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class CodecTest {
    private static final long SEED = 20_240_607;
    private static final int MUTATIONS = 10_000;
    private static final List<Class<?>> CLASSES = List.of(
            TrainConfig.class,
            DataConfig.class,
            PixelScale.class,
            Holdout.class,
            ModelConfig.class,
            Activation.class,
            DropoutSpec.class,
            DropoutSpec.Kind.class,
            Regularisation.class,
            UpdaterConfig.class,
            UpdaterConfig.Kind.class,
            RateSchedule.class,
            RateSchedule.Kind.class,
            ScheduleConfig.class,
            ExchangeMode.class,
            Augmentation.class,
            Position.class,
            Tally.class,
            Page.class,
            Vectors.class);

    /** A record with lists, as most records that travel have. */
    record Page(String title, List<Integer> numbers, List<Page> pages, boolean last) {}

    /** A record with arrays of all primitives that pass. */
    @SuppressWarnings("ArrayRecordComponent") // Compared element by element below.
    record Vectors(byte[] bytes, int[] ints, long[] longs, float[] floats, double[] doubles) {}

    /** Nobody has registered this one. */
    record Stranger(int number) {}

    static List<Object> values() {
        return List.of(
                new TrainConfig(
                        new DataConfig("digits", "", new Holdout(-1, 0.1), 512),
                        new ModelConfig(
                                "mlp:32+bn",
                                "{\"äöü\": \"\u0000\ud83d\ude00\"}",
                                Activation.PRELU,
                                new DropoutSpec(DropoutSpec.Kind.INVERTED, 0.5),
                                DropoutSpec.NONE,
                                new Regularisation(1e-5, Double.MIN_VALUE, 3)),
                        new UpdaterConfig(
                                UpdaterConfig.Kind.NESTEROVS,
                                0.1,
                                0.9,
                                RateSchedule.parse("step:0.1,every=3,warmup=2", 9)),
                        new ScheduleConfig(Integer.MAX_VALUE, 1, 4, 0, new ExchangeMode(16)),
                        new Augmentation(2, 10, true, 4),
                        Long.MIN_VALUE),
                new Position(3, 1L << 40, 2, Double.NaN, Double.MAX_VALUE),
                new Tally(Long.MAX_VALUE, 0, -0.0),
                new Page(
                        "",
                        List.of(),
                        List.of(
                                new Page("one", List.of(1), List.of(), false),
                                new Page("three", List.of(1, -2, Integer.MAX_VALUE), List.of(), true)),
                        true),
                "text",
                42L);
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldGiveBackAnEqualValueWhenARegisteredOneIsEncoded(Object value) {
        Codec codec = new Codec(CLASSES);

        assertThat(codec.decode(codec.encode(value), Object.class)).isEqualTo(value);
    }

    @Test
    void shouldGiveBackEveryElementWhenArraysAreEncoded() {
        Codec codec = new Codec(CLASSES);
        Vectors value = new Vectors(
                new byte[] {0, -1},
                new int[] {Integer.MIN_VALUE},
                new long[0],
                new float[] {Float.NaN, Float.MIN_VALUE},
                new double[] {-0.0});

        Vectors back = codec.decode(codec.encode(value), Vectors.class);

        assertThat(back.bytes()).containsExactly(value.bytes());
        assertThat(back.ints()).containsExactly(value.ints());
        assertThat(back.longs()).containsExactly(value.longs());
        assertThat(back.floats()).containsExactly(value.floats());
        assertThat(back.doubles()).containsExactly(value.doubles());
    }

    @Test
    void shouldRefuseToEncodeWhenTheClassIsNotRegistered() {
        assertThatThrownBy(() -> new Codec(CLASSES).encode(new Stranger(1))).hasMessageContaining("Stranger");
    }

    @Test
    void shouldRefuseWhenTheBytesNameAClassThatTheReaderDoesNotKnow() {
        byte[] foreign = new Codec(List.of(Stranger.class, Tally.class)).encode(new Tally(1, 1, 0));

        assertThatThrownBy(() -> new Codec(List.of(Tally.class)).decode(foreign, Tally.class))
                .isInstanceOfSatisfying(
                        DropwiseException.class,
                        e -> assertThat(e.category()).isEqualTo(DropwiseException.Category.FATAL))
                .hasMessageContaining("expected one Tally");
    }

    @Test
    void shouldRefuseBeforeItIsLoadedWhenTheBytesNameAClass() {
        // given: what a Kryo writes that requires no registration, with the CRC32C of these bytes
        Kryo open = new Kryo();
        open.setRegistrationRequired(false);
        Output output = new Output(256, -1);
        open.writeClassAndObject(output, new ArrayDeque<>(List.of("x")));
        CRC32C crc = new CRC32C();
        crc.update(output.getBuffer(), 0, output.position());
        assertThat(new String(output.toBytes(), StandardCharsets.ISO_8859_1)).contains("java.util.ArrayDequ");
        output.writeInt((int) crc.getValue());

        // then
        assertThatThrownBy(() -> new Codec(CLASSES).decode(output.toBytes(), Object.class))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("a class that is named, where registered numbers are expected");
    }

    @Test
    void shouldNameExpectedAndFoundWhenTheValueIsOfAnotherType() {
        Codec codec = new Codec(CLASSES);

        assertThatThrownBy(() -> codec.decode(codec.encode(new Tally(1, 1, 0)), Position.class))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("expected one Position")
                .hasMessageContaining("found Tally");
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldRefuseWhenBytesFollow(Object value) {
        Codec codec = new Codec(CLASSES);
        byte[] bytes = codec.encode(value);

        for (int extra = 1; extra <= 8; extra++) {
            byte[] longer = Arrays.copyOf(bytes, bytes.length + extra);
            assertThatThrownBy(() -> codec.decode(longer, Object.class)).isInstanceOf(DropwiseException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldRefuseWhenBytesAreMissing(Object value) {
        Codec codec = new Codec(CLASSES);
        byte[] bytes = codec.encode(value);

        for (int length = 0; length < bytes.length; length++) {
            byte[] shorter = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> codec.decode(shorter, Object.class)).isInstanceOf(DropwiseException.class);
        }
    }

    @Test
    void shouldThrowNothingButAFailureWithACategoryWhenBytesAreMutated() {
        Random random = new Random(SEED);
        Codec codec = new Codec(CLASSES);
        List<byte[]> encoded = values().stream().map(codec::encode).toList();
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = encoded.get(i % encoded.size()).clone();
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 + random.nextInt(255));
            for (int more = random.nextInt(3); more > 0; more--) {
                // Never the byte that has changed already, which could change it back.
                bytes[(at + 1 + random.nextInt(bytes.length - 1)) % bytes.length] = (byte) random.nextInt(256);
            }
            assertThat(isRefused(codec, bytes, i))
                    .as("seed %d mutation %d", SEED, i)
                    .isTrue();
        }
    }

    @Test
    void shouldNameTheTypeWhenARecordsOwnRuleRefusesWhatTheBytesSay() {
        // The same fields in another record: what a reader of another version makes of them breaks its rules.
        byte[] bytes = new Codec(List.of(Loose.class)).encode(new Loose(-1));

        assertThatThrownBy(() -> new Codec(List.of(Strict.class)).decode(bytes, Strict.class))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("expected one Strict")
                .hasMessageContaining("count=-1");
    }

    /** Takes any number. */
    record Loose(int count) {}

    /** Takes counts only. */
    record Strict(int count) {
        Strict {
            if (count < 0) {
                throw new IllegalArgumentException("count must be at least 0: count=" + count);
            }
        }
    }

    private static boolean isRefused(Codec codec, byte[] bytes, int mutation) {
        try {
            codec.decode(bytes, Object.class);
            return false;
        } catch (DropwiseException e) {
            return true;
        } catch (Throwable e) {
            return fail("seed " + SEED + " mutation " + mutation + " of " + Arrays.toString(bytes), e);
        }
    }
}
