package federa.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import federa.peft.Jacobi;
import federa.peft.Lora;
import federa.peft.Method;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.random.Draw;
import federa.random.Seeds;
import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.Plain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Strategies that average the clients' products of factors, against sums over dense matrices: rank 2, scale 1.5, clients of
 * unequal weights, layers that are tall (7 x 4) and wide (3 x 6), with so many clients that factors side by side are narrower
 * and wider than the matrix.
 */
class ExactStrategiesTest {

    private static final int RANK = 2;
    private static final double SCALE = 1.5;
    private static final Method METHOD = new Lora(RANK, 3, Scaling.STANDARD, new Targets(List.of("tall", "wide")));
    private static final Map<String, int[]> LAYERS = Map.of("tall", new int[] {7, 4}, "wide", new int[] {3, 6});

    private final TensorMap start = start();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 9})
    void fedExsMergedWeightIsTheMeanOfTheProductsInEveryRound(int clients) {
        FederatedAlgorithm algorithm = algorithm(new FedExLora());
        ServerState state = algorithm.init(start);
        for (int round = 1; round <= 3; round++) {
            List<TensorMap> updates = updates(state, round, clients);
            ServerState next = algorithm.apply(state, aggregate(algorithm, updates), round);
            for (String layer : LAYERS.keySet()) {
                double[] expected = scaled(mean(layer, updates), SCALE);
                addTo(expected, delta(layer, state), 1);
                double[] actual = scaled(product(layer, next.trainable()), SCALE);
                addTo(actual, delta(layer, next), 1);
                assertThat(actual).as(layer).containsExactly(expected, within(1e-5));
            }
            TensorMap means = plain(updates);
            assertThat(next.trainable().identity()).as("FedAvg's means").isEqualTo(means.identity());
            state = next;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "2, 3", "3, 3", "1, 9", "3, 9"})
    void aTruncatedResidualIsTheBestOfItsRankAndItsErrorIsRemembered(int residualRank, int clients) {
        FederatedAlgorithm algorithm = algorithm(new FedExLora(residualRank));
        ServerState state = algorithm.init(start);
        List<TensorMap> updates = updates(state, 1, clients);
        ServerState next = algorithm.apply(state, aggregate(algorithm, updates), 1);
        LAYERS.forEach((layer, shape) -> {
            double[] residual = mean(layer, updates);
            addTo(residual, product(layer, next.trainable()), -1);
            double[] left = scaled(residual, SCALE);
            addTo(left, delta(layer, next), -1);
            double[] sigma = Jacobi.singularValues(floats(residual), shape[0], shape[1]);
            double rest = 0;
            for (int k = residualRank; k < sigma.length; k++) {
                rest += sigma[k] * sigma[k];
            }
            assertThat(norm(left)).as(layer).isCloseTo(SCALE * Math.sqrt(rest), within(1e-5));
            assertThat((double) next.memory().get("truncation-error/" + layer).values()[0])
                    .as(layer)
                    .isCloseTo(Math.sqrt(rest) / norm(residual), within(1e-5));
        });
    }

    @Test
    void fedExRemembersHowFarTheMeansAloneWouldHaveBeen() {
        FederatedAlgorithm algorithm = algorithm(new FedExLora());
        ServerState state = algorithm.init(start);
        List<TensorMap> updates = updates(state, 1, 3);
        ServerState next = algorithm.apply(state, aggregate(algorithm, updates), 1);
        for (String layer : LAYERS.keySet()) {
            double[] lost = mean(layer, updates);
            addTo(lost, product(layer, plain(updates)), -1);
            double[] moved = mean(layer, updates);
            addTo(moved, product(layer, start), -1);
            double error = next.memory().get("aggregation-error/" + layer).values()[0];
            assertThat(error).isCloseTo(norm(lost) / norm(moved), within(1e-5)).isBetween(0.01, 1.0);
        }
        List<TensorMap> equal = List.of(updates.get(0), updates.get(0));
        assertThat(algorithm
                        .apply(state, aggregate(algorithm, equal), 1)
                        .memory()
                        .asMap())
                .allSatisfy((name, error) -> assertThat(error.values()[0]).isLessThan(1e-6f));
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "3, true", "9, false", "9, true"})
    void flexLorasFactorsAreTheDenseDecompositionOfTheMeanOfTheProducts(int clients, boolean balanced) {
        FederatedAlgorithm algorithm = algorithm(new FlexLora(balanced));
        ServerState state = algorithm.init(start);
        List<TensorMap> updates = updates(state, 1, clients);
        ServerState next = algorithm.apply(state, aggregate(algorithm, updates), 1);
        next.trainable().requireSameShapes(start, "the start");
        LAYERS.forEach((layer, shape) -> {
            double[] mean = mean(layer, updates);
            double[] sigma = Jacobi.singularValues(floats(mean), shape[0], shape[1]);
            double rest = 0;
            for (int k = RANK; k < sigma.length; k++) {
                rest += sigma[k] * sigma[k];
            }
            double[] left = mean.clone();
            addTo(left, product(layer, next.trainable()), -1);
            assertThat(norm(left)).as("Eckart and Young, %s", layer).isCloseTo(Math.sqrt(rest), within(1e-5));
            assertThat((double) next.memory().get("truncation-error/" + layer).values()[0])
                    .isCloseTo(Math.sqrt(rest) / norm(mean), within(1e-5));
            Factors factors = Factors.of(layer, next.trainable());
            for (int k = 0; k < RANK; k++) {
                double ofA = 0;
                double ofB = 0;
                for (int j = 0; j < shape[1]; j++) {
                    ofA += Math.pow(factors.a().values()[k * shape[1] + j], 2);
                }
                for (int i = 0; i < shape[0]; i++) {
                    ofB += Math.pow(factors.b().values()[i * RANK + k], 2);
                }
                assertThat(Math.sqrt(ofA)).isCloseTo(balanced ? Math.sqrt(sigma[k]) : 1, within(1e-5));
                assertThat(Math.sqrt(ofB)).isCloseTo(balanced ? Math.sqrt(sigma[k]) : sigma[k], within(1e-5));
            }
        });
        assertThat(next.trainable().get("head").values())
                .isEqualTo(plain(updates).get("head").values());
    }

    @Test
    void aProductOfZeroLeavesRowsThatCanTrain() {
        FederatedAlgorithm algorithm = algorithm(new FlexLora(true));
        Map<String, Tensor> zero = new TreeMap<>(start.asMap());
        zero.replaceAll((name, tensor) -> name.endsWith("lora_B") ? Draw.zeros(tensor.shape()) : tensor);
        TensorMap trainable = new TensorMap(zero);
        ServerState next =
                algorithm.apply(algorithm.init(trainable), aggregate(algorithm, List.of(trainable, trainable)), 1);
        LAYERS.keySet().forEach(layer -> {
            Factors factors = Factors.of(layer, next.trainable());
            assertThat(factors.b().values()).containsOnly(0);
            assertThat(norm(Factors.of(layer, next.trainable()).a().values())).isCloseTo(Math.sqrt(RANK), within(1e-5));
            assertThat(next.memory().get("truncation-error/" + layer).values()).containsExactly(0);
        });
    }

    @Test
    void aClientThatComesBackIsSentTheResidualsThatItMissedOrTheWholeChange() {
        long factors = start.where(name -> !name.equals("head")).bytes();
        long all = start.bytes();
        assertThat(factors).isEqualTo((7 + 4 + 3 + 6) * RANK * Float.BYTES);
        FederatedAlgorithm whole = algorithm(new FedExLora());
        FederatedAlgorithm part = algorithm(new FedExLora(1));
        ServerState state = whole.init(start);
        assertThat(whole.bytesDown(state, 1, 0)).isEqualTo(all);
        assertThat(part.bytesDown(state, 1, 0)).isEqualTo(all);
        ServerState later = whole.apply(state, aggregate(whole, updates(state, 1, 3)), 1);
        long dense = later.baseDelta().bytes();
        assertThat(dense).isEqualTo((7 * 4 + 3 * 6) * Float.BYTES);
        assertThat(whole.bytesDown(later, 2, 1)).isEqualTo(all + dense);
        assertThat(whole.bytesDown(later, 9, 0)).isEqualTo(all + dense);
        assertThat(part.bytesDown(later, 2, 1)).isEqualTo(all + factors / RANK);
        assertThat(part.bytesDown(later, 3, 1)).isEqualTo(all + 2 * factors / RANK);
        assertThat(part.bytesDown(later, 9, 1)).isEqualTo(all + dense);
    }

    @Test
    void anAggregatorThatMakesNoMeanAndARankBelowZeroAreRefused() {
        Aggregator other = new Aggregator() {
            private static final long serialVersionUID = 1L;

            @Override
            public double weight(long numExamples) {
                return 1;
            }

            @Override
            public Accumulator begin() {
                return new Mean().begin();
            }
        };
        for (Strategy strategy : List.of(new FedExLora(), new FlexLora())) {
            assertThatThrownBy(() -> strategy.algorithm(METHOD, new Plain(), other))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageMatching("federation.strategy is (fedex-lora|flexlora), which averages products of"
                            + " factors, but federation.aggregator makes no weighted mean; set it to mean");
        }
        assertThatThrownBy(() -> new FedExLora(-1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("federation.strategy.residual-rank must be at least 0, got -1");
    }

    private static FederatedAlgorithm algorithm(Strategy strategy) {
        return strategy.algorithm(METHOD, new Plain(), new Mean());
    }

    private static TensorMap start() {
        SortedMap<String, Tensor> tensors = new TreeMap<>();
        LAYERS.forEach((layer, shape) -> {
            tensors.put(layer + ".lora_A", Draw.normal(1, Seeds.of(1, layer + "A"), RANK, shape[1]));
            tensors.put(layer + ".lora_B", Draw.normal(1, Seeds.of(1, layer + "B"), shape[0], RANK));
        });
        tensors.put("head", Draw.normal(1, 5, 4));
        return new TensorMap(tensors);
    }

    /** What clients send that moved each in a way of its own. */
    private static List<TensorMap> updates(ServerState state, int round, int clients) {
        List<TensorMap> updates = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            long seed = Seeds.of(9, round, client);
            Map<String, Tensor> moved = new TreeMap<>(state.trainable().asMap());
            moved.replaceAll((name, tensor) -> tensor.plus(Draw.normal(0.5, Seeds.of(seed, name), tensor.shape())));
            updates.add(new TensorMap(moved));
        }
        return updates;
    }

    private static double weight(int client) {
        return 1 + 2 * client;
    }

    private static Aggregate aggregate(FederatedAlgorithm algorithm, List<TensorMap> updates) {
        Aggregator aggregator = algorithm.aggregator();
        SortedMap<String, Tensor> result = new TreeMap<>();
        for (String block : List.of("tall", "wide", "head")) {
            Aggregator.Accumulator accumulator = aggregator.begin();
            for (int client = 0; client < updates.size(); client++) {
                accumulator.add(
                        client,
                        weight(client),
                        updates.get(client)
                                .where(name -> aggregator.block(name).equals(block))
                                .asMap());
            }
            result.putAll(accumulator.result());
        }
        return new Aggregate(new TensorMap(result), List.of());
    }

    /** FedAvg's means of the same updates. */
    private static TensorMap plain(List<TensorMap> updates) {
        Aggregator.Accumulator means = new Mean().begin();
        for (int client = 0; client < updates.size(); client++) {
            means.add(client, weight(client), updates.get(client).asMap());
        }
        return new TensorMap(means.result());
    }

    private static double[] mean(String layer, List<TensorMap> updates) {
        double[] sum = new double[LAYERS.get(layer)[0] * LAYERS.get(layer)[1]];
        double weights = 0;
        for (int client = 0; client < updates.size(); client++) {
            addTo(sum, product(layer, updates.get(client)), weight(client));
            weights += weight(client);
        }
        return scaled(sum, 1 / weights);
    }

    private static double[] product(String layer, TensorMap tensors) {
        int out = LAYERS.get(layer)[0];
        int in = LAYERS.get(layer)[1];
        float[] a = tensors.get(layer + ".lora_A").values();
        float[] b = tensors.get(layer + ".lora_B").values();
        double[] product = new double[out * in];
        for (int i = 0; i < out; i++) {
            for (int j = 0; j < in; j++) {
                for (int k = 0; k < RANK; k++) {
                    product[i * in + j] += (double) b[i * RANK + k] * a[k * in + j];
                }
            }
        }
        return product;
    }

    private static double[] delta(String layer, ServerState state) {
        int[] shape = LAYERS.get(layer);
        double[] delta = new double[shape[0] * shape[1]];
        if (state.baseDelta().contains(layer + ".weight")) {
            Tensor tensor = state.baseDelta().get(layer + ".weight");
            assertThat(tensor.shape()).containsExactly(shape[0], shape[1]);
            for (int i = 0; i < delta.length; i++) {
                delta[i] = tensor.values()[i];
            }
        }
        return delta;
    }

    private static double[] scaled(double[] matrix, double factor) {
        double[] scaled = new double[matrix.length];
        addTo(scaled, matrix, factor);
        return scaled;
    }

    private static void addTo(double[] sum, double[] matrix, double factor) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * matrix[i];
        }
    }

    private static float[] floats(double[] matrix) {
        float[] floats = new float[matrix.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) matrix[i];
        }
        return floats;
    }

    private static double norm(double... matrix) {
        double squares = 0;
        for (double value : matrix) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }

    private static double norm(float[] matrix) {
        double squares = 0;
        for (float value : matrix) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }
}
