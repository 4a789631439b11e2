package dev.dropwise.deploy.architecture.planted.driver.job;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.nd4j.linalg.factory.Nd4j;

/** Violates the ban on unseeded draws nine times; the seeded ones are none. */
public final class DrawsUnseeded {
    private DrawsUnseeded() {}

    static List<Object> unseeded() {
        List<Object> draws = new ArrayList<>(List.of(
                Math.random(),
                new Random(),
                new SplittableRandom(),
                new SecureRandom(),
                UUID.randomUUID(),
                ThreadLocalRandom.current(),
                Nd4j.rand(2, 2)));
        Collections.shuffle(draws);
        return draws;
    }

    static DoubleSupplier byReference() {
        return Math::random;
    }

    static List<Object> seeded(long seed) {
        List<Object> draws = new ArrayList<>(List.of(new Random(seed), new SplittableRandom(seed)));
        Collections.shuffle(draws, new Random(seed));
        return draws;
    }
}
