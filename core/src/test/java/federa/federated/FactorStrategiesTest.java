package federa.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import federa.peft.BitFit;
import federa.peft.Federa;
import federa.peft.Lora;
import federa.peft.Method;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.random.Draw;
import federa.random.Seeds;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.Plain;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What strategies do to factors, on a layer of 5 x 3 with rank 2, scale 1.5 and clients of unequal weights. */
class FactorStrategiesTest {

    private static final Targets TARGETS = new Targets(List.of("query"));
    private static final Method FEDERA = new Federa(2, 3, Scaling.STANDARD, TARGETS);
    private static final String A = "query.lora_A";
    private static final String B = "query.lora_B";
    private static final long HEAD = 4 * Float.BYTES;
    private static final long FACTORS = (2 * 3 + 5 * 2) * Float.BYTES;
    private static final double[] WEIGHTS = {1, 3, 7};

    static final List<Strategy> ALL = List.of(
            new FrLora(),
            new RoLora(),
            new FfaLora(),
            new FfaLora(true),
            new FedSvd(),
            new FedExLora(),
            new FedExLora(1),
            new FlexLora());

    private final TensorMap start = tensors(1);

    @Test
    void restartsAddUpToTheDenseSumOfWhatTheRoundsChanged() {
        FederatedAlgorithm algorithm = algorithm(new FrLora());
        ServerState state = algorithm.init(start);
        double[] expected = new double[5 * 3];
        for (int round = 1; round <= 3; round++) {
            Aggregate aggregate = aggregate(algorithm, state, round);
            double[] mean = product(aggregate.tensors());
            double[] begin = product(start);
            for (int i = 0; i < expected.length; i++) {
                expected[i] += 1.5 * (mean[i] - begin[i]);
            }
            ServerState next = algorithm.apply(state, aggregate, round);

            assertThat(next.trainable().get(A).values()).isEqualTo(start.get(A).values());
            assertThat(next.trainable().get(B).values()).isEqualTo(start.get(B).values());
            assertThat(next.trainable().get("head").values())
                    .isEqualTo(aggregate.tensors().get("head").values());
            assertThat(next.baseDelta().asMap()).containsOnlyKeys("query.weight");
            Tensor delta = next.baseDelta().get("query.weight");
            assertThat(delta.shape()).containsExactly(5, 3);
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) delta.values()[i]).isCloseTo(expected[i], within(1e-5));
            }
            state = next;
        }
    }

    @Test
    void aClientThatComesBackIsSentTheRoundsItMissedOrTheWholeChange() {
        FederatedAlgorithm algorithm = algorithm(new FrLora());
        ServerState state = algorithm.init(start);
        assertThat(algorithm.bytesDown(state, 1, 0)).isEqualTo(HEAD); // FeDeRA's anchor is sent apart
        for (int round = 1; round <= 5; round++) {
            state = algorithm.apply(state, aggregate(algorithm, state, round), round);
        }
        long dense = 5 * 3 * Float.BYTES;
        assertThat(dense).isLessThan(FACTORS);
        assertThat(algorithm.bytesDown(state, 6, 5)).isEqualTo(HEAD + dense);
        ServerState wide = new ServerState(
                state.trainable(), new TensorMap(Map.of("query.weight", Draw.zeros(100, 100))), TensorMap.empty());
        assertThat(algorithm.bytesDown(wide, 6, 5)).isEqualTo(HEAD + FACTORS);
        assertThat(algorithm.bytesDown(wide, 6, 2)).isEqualTo(HEAD + 4 * FACTORS);
        assertThat(algorithm.bytesDown(wide, 6, 0)).isEqualTo(HEAD + 5 * FACTORS);
        assertThat(algorithm.bytesDown(wide, 6000, 0)).isEqualTo(HEAD + 100 * 100 * Float.BYTES);
        assertThat(new FrLora()
                        .algorithm(new Lora(2, 3, Scaling.STANDARD, TARGETS), new Plain(), new Mean())
                        .bytesDown(state, 1, 0))
                .as("LoRA's factors are no anchor")
                .isEqualTo(HEAD + FACTORS);
    }

    /** With one factor the same for all clients, the product of the means is the mean of the products. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void alternatingMeansAreExact(int round) {
        assertExact(new RoLora(), round);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void meansOfBAloneAreExact(boolean orthonormal) {
        assertExact(new FfaLora(orthonormal), 1);
    }

    @Test
    void meansAreExactThroughFedSvdsDecomposition() {
        assertExact(new FedSvd(), 2);
    }

    @Test
    void alternatingTrainsBInOddRoundsAndAInEvenOnesAndSendsWhatChanged() {
        FederatedAlgorithm algorithm = algorithm(new RoLora());
        ServerState state = algorithm.init(start);
        assertThat(List.of(algorithm.trains(A, 1), algorithm.trains(B, 1), algorithm.trains("head", 1)))
                .containsExactly(false, true, true);
        assertThat(List.of(algorithm.trains(A, 2), algorithm.trains(B, 2), algorithm.trains("head", 2)))
                .containsExactly(true, false, true);
        assertThat(algorithm.bytesDown(state, 2, 1)).isEqualTo(HEAD + 5 * 2 * Float.BYTES);
        assertThat(algorithm.bytesDown(state, 3, 2)).isEqualTo(HEAD + 2 * 3 * Float.BYTES);
        assertThat(algorithm.bytesDown(state, 3, 1)).isEqualTo(HEAD + FACTORS);
        assertThat(algorithm.bytesDown(state, 3, 0)).isEqualTo(HEAD + FACTORS);
    }

    @Test
    void orthonormalFactorsHaveTheSameProductAndOrthonormalRows() {
        for (int seed = 1; seed < 20; seed++) {
            Factors factors = Factors.of("query", tensors(seed));
            Factors orthonormal = factors.orthonormal();

            double[] expected = new double[15];
            factors.addTo(expected, 1);
            double[] actual = new double[15];
            orthonormal.addTo(actual, 1);
            assertThat(actual).containsExactly(expected, within(1e-5));
            float[] a = orthonormal.a().values();
            float[] b = orthonormal.b().values();
            double across = 0;
            double one = 0;
            double columns = 0;
            double lengths = 0;
            for (int i = 0; i < 3; i++) {
                across += a[i] * a[3 + i];
                one += a[i] * a[i];
            }
            for (int i = 0; i < 5; i++) {
                columns += b[2 * i] * b[2 * i + 1];
                lengths += b[2 * i] * b[2 * i] - b[2 * i + 1] * b[2 * i + 1];
            }
            assertThat(across).isCloseTo(0, within(1e-6));
            assertThat(one).isCloseTo(1, within(1e-6));
            assertThat(columns).isCloseTo(0, within(1e-5));
            assertThat(lengths).as("the longest first").isNotNegative();
        }
    }

    @Test
    void factorsOfAProductOfZeroKeepTheirRowsAndAreFinite() {
        Factors zero = new Factors(Draw.normal(1, 3, 2, 3), Draw.zeros(5, 2)).orthonormal();
        assertThat(zero.a().isFinite()).isTrue();
        assertThat(zero.b().values()).containsOnly(0);
        Factors dependent = new Factors(
                        new Tensor(new long[] {2, 3}, new float[] {1, 2, 3, 2, 4, 6}), Draw.normal(1, 4, 5, 2))
                .orthonormal();
        assertThat(dependent.a().isFinite()).isTrue();
        assertThat(dependent.b().isFinite()).isTrue();
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void aStrategyGoesOnFromItsStoredStateWithTheSameBits(Strategy strategy) {
        FederatedAlgorithm algorithm = algorithm(strategy);
        ServerState state = algorithm.init(start);
        for (int round = 1; round <= 4; round++) {
            Aggregate aggregate = aggregate(algorithm, state, round);
            ServerState next = algorithm.apply(state, aggregate, round);
            assertThat(algorithm
                            .apply(ServerState.of(state.parts()), aggregate, round)
                            .sha256())
                    .isEqualTo(next.sha256())
                    .isNotEqualTo(state.sha256());
            state = next;
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void aMethodWithoutFactorsIsRefused(Strategy strategy) {
        assertThatThrownBy(() -> strategy.algorithm(new BitFit(), new Plain(), new Mean()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("federation.strategy is .*, which works on the factors of low-rank adapters, but"
                        + " method.kind is bitfit; set it to federa or lora");
    }

    private void assertExact(Strategy strategy, int round) {
        FederatedAlgorithm algorithm = algorithm(strategy);
        ServerState state = algorithm.init(start);
        double[] expected = new double[15];
        double weights = 0;
        for (int client = 0; client < WEIGHTS.length; client++) {
            TensorMap whole = state.trainable().with(update(algorithm, state, round, client));
            double[] product = product(whole);
            weights += WEIGHTS[client];
            for (int i = 0; i < 15; i++) {
                expected[i] += WEIGHTS[client] * product[i];
            }
        }
        double[] actual = product(algorithm
                .apply(state, aggregate(algorithm, state, round), round)
                .trainable());
        for (int i = 0; i < 15; i++) {
            assertThat(actual[i]).isCloseTo(expected[i] / weights, within(1e-5));
        }
    }

    /** What clients of unequal weights send, aggregated. */
    private static Aggregate aggregate(FederatedAlgorithm algorithm, ServerState state, int round) {
        Aggregator.Accumulator accumulator = algorithm.aggregator().begin();
        for (int client = 0; client < WEIGHTS.length; client++) {
            accumulator.add(
                    client,
                    WEIGHTS[client],
                    update(algorithm, state, round, client).asMap());
        }
        return new Aggregate(new TensorMap(accumulator.result()), List.of());
    }

    /** The tensors that train in a round, moved. */
    private static TensorMap update(FederatedAlgorithm algorithm, ServerState state, int round, int client) {
        SortedMap<String, Tensor> update = new TreeMap<>();
        state.trainable().asMap().forEach((name, tensor) -> {
            if (algorithm.trains(name, round)) {
                update.put(
                        name,
                        tensor.plus(Draw.normal(0.3, Seeds.of(Seeds.of(9, round, client), name), tensor.shape())));
            }
        });
        return new TensorMap(update);
    }

    private static FederatedAlgorithm algorithm(Strategy strategy) {
        return strategy.algorithm(FEDERA, new Plain(), new Mean());
    }

    private static double[] product(TensorMap tensors) {
        double[] product = new double[15];
        float[] a = tensors.get(A).values();
        float[] b = tensors.get(B).values();
        for (int row = 0; row < 5; row++) {
            for (int column = 0; column < 3; column++) {
                product[row * 3 + column] = (double) b[row * 2] * a[column] + (double) b[row * 2 + 1] * a[3 + column];
            }
        }
        return product;
    }

    private static TensorMap tensors(long seed) {
        return new TensorMap(Map.of(
                A,
                Draw.normal(1, seed, 2, 3),
                B,
                Draw.normal(1, seed + 1000, 5, 2),
                "head",
                Draw.normal(1, seed + 2000, 4)));
    }
}
