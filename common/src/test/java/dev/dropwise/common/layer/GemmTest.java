package dev.dropwise.common.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.layer.Gemm.Operand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class GemmTest {
    /** Small integers, whose products are exact in either precision. */
    private static INDArray integers(DataType type, char order, boolean view, int rows, int columns) {
        INDArray all = Nd4j.create(type, new long[] {rows + 1, columns + 2}, order);
        for (int i = 0; i < rows + 1; i++) {
            for (int j = 0; j < columns + 2; j++) {
                all.putScalar(i, j, (i * 7 + j * 5) % 11 - 5);
            }
        }
        INDArray inner = all.get(NDArrayIndex.interval(1, rows + 1), NDArrayIndex.interval(2, columns + 2));
        return view ? inner : inner.dup(order);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3,4,5", "1,4,5", "3,1,5", "3,4,1", "1,1,1", "1,7,1"})
    void shouldEqualTheNaiveProductWhenOperandsLieInAnyOrder(String sizes) {
        String[] size = sizes.split(",", -1);
        int m = Integer.parseInt(size[0]);
        int k = Integer.parseInt(size[1]);
        int n = Integer.parseInt(size[2]);
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (int bits = 0; bits < 128; bits++) {
                boolean transposeA = (bits & 1) != 0;
                boolean transposeB = (bits & 2) != 0;
                INDArray a = integers(type, order(bits & 4), (bits & 8) != 0, transposeA ? k : m, transposeA ? m : k);
                INDArray b = integers(type, order(bits & 16), (bits & 32) != 0, transposeB ? n : k, transposeB ? k : n);
                INDArray c =
                        Nd4j.valueArrayOf(new long[] {m, n}, Double.NaN, type).dup(order(bits & 64));

                Gemm.multiply(new Operand(a, transposeA), new Operand(b, transposeB), c);

                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < n; j++) {
                        double sum = 0;
                        for (int l = 0; l < k; l++) {
                            sum += (transposeA ? a.getDouble(l, i) : a.getDouble(i, l))
                                    * (transposeB ? b.getDouble(j, l) : b.getDouble(l, j));
                        }
                        assertThat(c.getDouble(i, j))
                                .as("%s %s bits %s", type, sizes, bits)
                                .isEqualTo(sum);
                    }
                }
            }
        }
    }

    private static char order(int bit) {
        return bit == 0 ? 'c' : 'f';
    }

    @Test
    void shouldSumColumnsWhenRowsAreFewerThanOnes() {
        INDArray matrix = Nd4j.createFromArray(new float[][] {{1, 2, 3}, {10, 20, 30}});
        INDArray sums = Nd4j.create(DataType.FLOAT, 1, 3);

        Gemm.columnSums(matrix, Nd4j.ones(DataType.FLOAT, 5), sums);

        assertThat(sums.toFloatVector()).containsExactly(11, 22, 33);
    }

    @Test
    void shouldNameTheShapesWhenTheyDoNotFit() {
        INDArray a = Nd4j.ones(DataType.FLOAT, 2, 3);
        assertThatThrownBy(() -> Gemm.multiply(Operand.plain(a), Operand.plain(a), a))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2x3 times 2x3 into 2x3");
    }
}
