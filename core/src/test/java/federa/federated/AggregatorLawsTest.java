package federa.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.federated.Aggregator.Accumulator;
import federa.peft.Lora;
import federa.peft.Method;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.random.Draw;
import federa.random.Seeds;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.Plain;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The laws of {@link Aggregator}, for every one of them and several cohorts. Add a new one to {@link #ALL}. */
class AggregatorLawsTest {

    /** Shortens every update, so that not even one alone stays what it is. */
    private static final Aggregator SHORT = new NormBound(1).from(new TensorMap(update(1000)));

    private static final List<Aggregator> ALL = List.of(
            new Mean(),
            new Mean(Weighting.UNIFORM),
            new Median(),
            new TrimmedMean(),
            new MultiKrum(),
            new MultiKrum(2, 3),
            new NormBound(1e9).from(new TensorMap(update(1000))),
            SHORT,
            ofFactors(new FedExLora()),
            ofFactors(new FedExLora(1)),
            ofFactors(new FlexLora()),
            new ByClient("variate/", new Mean()));

    static Stream<Arguments> laws() {
        return ALL.stream().flatMap(aggregator -> Stream.of(2, 3, 5, 12).map(n -> Arguments.of(aggregator, n)));
    }

    @ParameterizedTest
    @MethodSource("laws")
    void anyCutOfTheCohortGivesTheSameBits(Aggregator aggregator, int clients) throws Exception {
        String whole = digest(add(aggregator.begin(), aggregator, 0, clients, 1));
        for (int cut = 1; cut < clients; cut++) {
            Accumulator early = add(aggregator.begin(), aggregator, 0, cut, 1);
            assertThat(digest(add(writtenAndRead(early), aggregator, cut, clients, 1)))
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("laws")
    void slicesOfATensorThatIsItsOwnBlockAreAggregatedAsTheWhole(Aggregator aggregator, int clients) {
        if (!aggregator.block("a").equals("a")) {
            return;
        }
        float[] whole = add(aggregator.begin(), aggregator, 0, clients, 1)
                .result()
                .get("a")
                .values();
        for (int row = 0; row < 4; row++) {
            Accumulator slice = aggregator.begin();
            for (int client = 0; client < clients; client++) {
                float[] values = update(client).get("a").values();
                SortedMap<String, Tensor> one = new TreeMap<>();
                one.put("a", new Tensor(new long[] {1, 3}, Arrays.copyOfRange(values, row * 3, row * 3 + 3)));
                slice.add(client, aggregator.weight(1 + client % 4), one);
            }
            assertThat(slice.result().get("a").values()).isEqualTo(Arrays.copyOfRange(whole, row * 3, row * 3 + 3));
        }
    }

    @ParameterizedTest
    @MethodSource("laws")
    void oneClientAloneGivesItsOwnBits(Aggregator aggregator, int client) {
        if (aggregator == SHORT) {
            return;
        }
        Accumulator alone = aggregator.begin();
        alone.add(client, aggregator.weight(7), update(client));

        assertThat(new TensorMap(alone.result())
                        .where(AggregatorLawsTest::isPlain)
                        .identity())
                .isEqualTo(new TensorMap(update(client))
                        .where(AggregatorLawsTest::isPlain)
                        .identity());
    }

    @ParameterizedTest
    @MethodSource("laws")
    void weightsThatAreAllDoubledChangeNothing(Aggregator aggregator, int clients) {
        assertThat(digest(add(aggregator.begin(), aggregator, 0, clients, 2)))
                .isEqualTo(digest(add(aggregator.begin(), aggregator, 0, clients, 1)));
    }

    @ParameterizedTest
    @MethodSource("laws")
    void aWeightThatIsNotAboveZeroIsRefused(Aggregator aggregator, int client) {
        for (double weight : new double[] {0, -1, Double.NaN}) {
            assertThatThrownBy(() -> aggregator.begin().add(client, weight, update(client)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("weight");
        }
    }

    private static Aggregator ofFactors(Strategy strategy) {
        Method method = new Lora(2, 2, Scaling.STANDARD, new Targets(List.of("layer")));
        return strategy.algorithm(method, new Plain(), new Mean()).aggregator();
    }

    /** No factor of a layer, which a strategy may bring into another form, and nothing that is said of a layer. */
    private static boolean isPlain(String tensor) {
        return !tensor.contains("layer");
    }

    private static Accumulator add(Accumulator into, Aggregator aggregator, int first, int end, double factor) {
        for (int client = first; client < end; client++) {
            into.add(client, factor * aggregator.weight(1 + client % 4), update(client));
        }
        return into;
    }

    private static String digest(Accumulator accumulator) {
        return new TensorMap(accumulator.result()).identity();
    }

    private static SortedMap<String, Tensor> update(int client) {
        SortedMap<String, Tensor> update = new TreeMap<>();
        update.put("a", Draw.normal(1e3, Seeds.of(client, "a"), 4, 3));
        update.put("b", Draw.normal(1e-3, Seeds.of(client, "b")));
        update.put("layer.lora_A", Draw.normal(1, Seeds.of(client, "A"), 2, 3));
        update.put("layer.lora_B", Draw.normal(1, Seeds.of(client, "B"), 5, 2));
        return update;
    }

    private static Accumulator writtenAndRead(Accumulator accumulator) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(accumulator);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (Accumulator) in.readObject();
        }
    }
}
