package dev.dropwise.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.evaluation.Uncertainty;
import dev.dropwise.worker.scoring.UncertainPredictions;
import java.util.List;
import org.junit.jupiter.api.Test;

class UncertaintyTableTest {
    @Test
    void shouldHoldALineAnImageInOrderWhenThereAreSeveralBlocks() {
        UncertainPredictions none =
                new UncertainPredictions(0, new Uncertainty(new float[0], new float[0], new double[0], new double[0]));
        UncertainPredictions first = new UncertainPredictions(
                0,
                new Uncertainty(
                        new float[] {0.25f, 0.75f}, new float[] {0, 0.5f}, new double[] {0.5625}, new double[] {0}));
        UncertainPredictions second = new UncertainPredictions(
                1,
                new Uncertainty(
                        new float[] {1, 0, 0.5f, 0.5f},
                        new float[] {0, 0, 0.25f, 0.25f},
                        new double[] {0, 0.6875},
                        new double[] {0, 0.125}));

        assertThat(UncertaintyTable.csv(List.of(none, first, second))).isEqualTo("""
                        index,label,p0,p1,v0,v1,entropy,mutual_information
                        0,1,0.25,0.75,0.0,0.5,0.5625,0.0
                        1,0,1.0,0.0,0.0,0.0,0.0,0.0
                        2,0,0.5,0.5,0.25,0.25,0.6875,0.125
                        """);
    }
}
