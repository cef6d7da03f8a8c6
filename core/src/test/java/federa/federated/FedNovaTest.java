package federa.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import federa.peft.BitFit;
import federa.random.Draw;
import federa.random.Seeds;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.train.Plain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@link FedNova} on a layer of 3 x 5, with clients of unequal weights. */
class FedNovaTest {

    private static final long[] EXAMPLES = {10, 30, 70};

    private final FederatedAlgorithm nova = new FedNova().algorithm(new BitFit(), new Plain(), new Mean());

    /** x = 1; 10 examples, 2 steps to 3, and 30 examples, 6 steps to 7: each goes 1 a step, 5 steps are the mean. */
    @Test
    void theModelGoesTheMeanNumberOfStepsInTheMeanDirectionOfAStep() {
        assertThat(next(new int[] {2, 6}, 3, 7)).isEqualTo(1 + 5 * 1f);
        // 1 and -1 a step: (10 - 30) / 40 a step, 5 times.
        assertThat(next(new int[] {2, 6}, 3, -5)).isEqualTo(1 - 5 * 0.5f);
    }

    private float next(int[] steps, float... sent) {
        List<TensorMap> updates = new ArrayList<>();
        for (float value : sent) {
            updates.add(new TensorMap(Map.of("a", new Tensor(new long[] {1}, new float[] {value}))));
        }
        TensorMap start = new TensorMap(Map.of("a", new Tensor(new long[] {1}, new float[] {1})));
        return round(nova, start, updates, steps).get("a").values()[0];
    }

    @Test
    void itIsThePapersEquation() {
        int[] steps = {1, 4, 9};
        TensorMap next = round(nova, start(), updates(), steps);
        double all = 110;
        double effective = (10 * 1 + 30 * 4 + 70 * 9) / all;
        for (int i = 0; i < 15; i++) {
            double x = start().get("a").values()[i];
            double sum = 0;
            for (int client = 0; client < 3; client++) {
                double change = updates().get(client).get("a").values()[i] - x;
                sum += EXAMPLES[client] / all * change / steps[client];
            }
            assertThat((double) next.get("a").values()[i]).isCloseTo(x + effective * sum, within(1e-5));
        }
        assertThat(next.get("a").shape()).containsExactly(3, 5);
    }

    @Test
    void whereAllTakeAsManyStepsItIsFedAvgButForRounding() {
        FederatedAlgorithm average = new FedAvg().algorithm(new BitFit(), new Plain(), new Mean());
        float[] expected =
                round(average, start(), updates(), new int[] {7, 7, 7}).get("a").values();
        float[] actual =
                round(nova, start(), updates(), new int[] {7, 7, 7}).get("a").values();
        for (int i = 0; i < 15; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-6f));
        }
        assertThat(round(nova, start(), updates(), new int[] {1, 7, 70})
                        .get("a")
                        .values())
                .isNotEqualTo(actual);
    }

    @Test
    void anAggregatorThatIsNoWeightedMeanIsRefused() {
        for (Aggregator aggregator : List.of(new Median(), new TrimmedMean(), new MultiKrum(), new NormBound(1))) {
            assertThatThrownBy(() -> new FedNova().algorithm(new BitFit(), new Plain(), aggregator))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("federation.strategy is fednova, which weighs clients by their steps, but"
                            + " federation.aggregator is no weighted mean; set it to mean");
        }
    }

    /** A round in which another client failed besides. */
    private static TensorMap round(
            FederatedAlgorithm algorithm, TensorMap start, List<TensorMap> updates, int... steps) {
        Aggregator.Accumulator accumulator = algorithm.aggregator().begin();
        List<ClientUpdate> told = new ArrayList<>();
        for (int client = 0; client < updates.size(); client++) {
            accumulator.add(
                    client,
                    algorithm.aggregator().weight(EXAMPLES[client], steps[client]),
                    updates.get(client).asMap());
            told.add(Told.of(client, EXAMPLES[client], steps[client]));
        }
        told.add(Told.failed(9));
        Aggregate aggregate = new Aggregate(new TensorMap(accumulator.result()), told);
        return algorithm.apply(algorithm.init(start), aggregate, 1).trainable();
    }

    private static TensorMap start() {
        return new TensorMap(Map.of("a", Draw.normal(1, 1, 3, 5)));
    }

    private static List<TensorMap> updates() {
        List<TensorMap> updates = new ArrayList<>();
        for (int client = 0; client < 3; client++) {
            updates.add(new TensorMap(Map.of("a", Draw.normal(1, Seeds.of(client, "update"), 3, 5))));
        }
        return updates;
    }
}
