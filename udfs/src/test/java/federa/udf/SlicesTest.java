package federa.udf;

import static org.assertj.core.api.Assertions.assertThat;

import federa.federated.Aggregator;
import federa.federated.Mean;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scala.Tuple2;

class SlicesTest {

    private static final Slices SLICES = Slices.of(new Mean(), 10);

    static Stream<long[]> shapes() {
        return Stream.of(
                new long[] {},
                new long[] {0},
                new long[] {5, 0},
                new long[] {7, 3},
                new long[] {Slices.ELEMENTS},
                new long[] {Slices.ELEMENTS + 1},
                new long[] {3, Slices.ELEMENTS},
                new long[] {2, Slices.ELEMENTS + 5},
                new long[] {5000, 768},
                new long[] {1500, 5, 256});
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void slicesJoinedAreTheTensor(long... shape) {
        Tensor tensor = numbered(shape);

        List<Tensor> slices = SLICES.cut(tensor);

        assertThat(slices).hasSize(SLICES.count(shape));
        Tensor joined = Slices.joined(slices);
        assertThat(joined.shape()).isEqualTo(shape);
        assertThat(joined.values()).isEqualTo(tensor.values());
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void aSliceIsSmallOrOneRow(long... shape) {
        assertThat(SLICES.cut(numbered(shape)))
                .allSatisfy(slice -> assertThat(slice.values().length <= Slices.ELEMENTS || slice.shape()[0] == 1)
                        .isTrue());
    }

    /** Meets layer by layer and keeps every update. */
    private record ByLayer() implements Aggregator {

        @Override
        public double weight(long numExamples) {
            return 1;
        }

        @Override
        public String block(String tensor) {
            return tensor.replaceAll("\\.lora_[AB]$", "");
        }

        @Override
        public boolean retainsUpdates() {
            return true;
        }

        @Override
        public Accumulator begin() {
            return new Mean().begin();
        }
    }

    @Test
    void tensorsOfABlockStayTogetherAndWhole() {
        SortedMap<String, Tensor> update = new TreeMap<>(Map.of(
                "query.lora_A", numbered(3, 900),
                "query.lora_B", numbered(700, 3),
                "head", numbered(4, 1000)));
        Slices slices = new Slices(new ByLayer(), 1000);

        List<Tuple2<BlockKey, UpdatePart>> parts = slices.parts(update, 7, 2.5).toList();

        assertThat(parts)
                .extracting(Tuple2::_1)
                .containsExactly(
                        new BlockKey("head", 0, 7),
                        new BlockKey("head", 1, 7),
                        new BlockKey("head", 2, 7),
                        new BlockKey("head", 3, 7),
                        new BlockKey("query", 0, 7));
        assertThat(((UpdatePart.Slice) parts.get(4)._2()).tensors()).containsOnlyKeys("query.lora_A", "query.lora_B");
        assertThat(slices.count(new TensorMap(update).shapes())).isEqualTo(5);
    }

    @Test
    void theMoreUpdatesAnAggregatorRetainsTheSmallerAreItsSlices() {
        assertThat(Slices.of(new ByLayer(), 10).elements()).isEqualTo(Slices.ELEMENTS);
        assertThat(Slices.of(new ByLayer(), 1024).elements() * 1024L).isEqualTo(1L << 24);
        assertThat(Slices.of(new Mean(), 1024).elements()).isEqualTo(Slices.ELEMENTS);
    }

    private static Tensor numbered(long... shape) {
        float[] values = new float[Math.toIntExact(Tensor.size(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return new Tensor(shape, values);
    }
}
