package federa.udf;

import static org.assertj.core.api.Assertions.assertThat;

import federa.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowsTest {

    static Stream<long[]> shapes() {
        return Stream.of(
                new long[] {},
                new long[] {0},
                new long[] {5, 0},
                new long[] {7, 3},
                new long[] {Rows.ELEMENTS},
                new long[] {Rows.ELEMENTS + 1},
                new long[] {3, Rows.ELEMENTS},
                new long[] {2, Rows.ELEMENTS + 5},
                new long[] {5000, 768},
                new long[] {1500, 5, 256});
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void piecesJoinedAreTheTensor(long... shape) {
        Tensor tensor = numbered(shape);

        List<Tensor> pieces = Rows.of(tensor);

        assertThat(pieces).hasSize(Rows.pieces(shape));
        Tensor joined = Rows.joined(pieces);
        assertThat(joined.shape()).isEqualTo(shape);
        assertThat(joined.values()).isEqualTo(tensor.values());
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void aPieceIsSmallOrOneRow(long... shape) {
        assertThat(Rows.of(numbered(shape)))
                .allSatisfy(piece -> assertThat(piece.values().length <= Rows.ELEMENTS || piece.shape()[0] == 1)
                        .isTrue());
    }

    private static Tensor numbered(long... shape) {
        float[] values = new float[Math.toIntExact(Tensor.size(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return new Tensor(shape, values);
    }
}
