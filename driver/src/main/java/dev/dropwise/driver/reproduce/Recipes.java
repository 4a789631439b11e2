package dev.dropwise.driver.reproduce;

import dev.dropwise.common.config.Nearest;
import dev.dropwise.common.failure.DropwiseException;
import java.util.List;

/** All recipes. */
final class Recipes {
    private static final List<Recipe> ALL = List.of(
            new DropoutStatisticsRecipe(),
            new GradientCheckRecipe(),
            new CifarSweepRecipe(),
            new LenetOverfittingRecipe(),
            new SrivastavaRecipe(),
            new RotationRecipe(),
            new GalleryRecipe());

    private Recipes() {}

    static List<String> names() {
        return ALL.stream().map(Recipe::name).toList();
    }

    /**
     * The recipe of that name.
     *
     * @throws DropwiseException (configuration) that lists all and the nearest
     */
    static Recipe named(String name) {
        return ALL.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> DropwiseException.configuration("experiment '" + name + "' is unknown; did you mean '"
                                + Nearest.of(name, names()) + "'? Known: " + String.join(", ", names())));
    }
}
