package federa.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import federa.federated.Aggregator.Accumulator;
import federa.random.Draw;
import federa.random.Seeds;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Aggregators that bear dishonest clients, against sorts and hand-worked numbers. */
class RobustAggregatorsTest {

    /** Each as a run of ten or eleven clients would choose it, two of them dishonest. */
    static final List<Aggregator> ALL =
            List.of(new Median(), new TrimmedMean(), new MultiKrum(2, 0), new NormBound(1).from(start()));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 10, 11})
    void medianAndTrimmedMeanAreThoseOfASort(int clients) {
        List<TensorMap> updates = updates(clients);
        TensorMap median = aggregate(new Median(), updates);
        TensorMap trimmed = aggregate(new TrimmedMean(0.2), updates);
        for (int i = 0; i < 15; i++) {
            int element = i;
            double[] sorted = updates.stream()
                    .mapToDouble(update -> update.get("a").values()[element])
                    .sorted()
                    .toArray();
            double middle = (sorted[(clients - 1) / 2] + sorted[clients / 2]) / 2;
            assertThat(median.get("a").values()[i]).isEqualTo((float) middle);
            int cut = clients / 5;
            double mean = IntStream.range(cut, clients - cut)
                    .mapToDouble(at -> sorted[at])
                    .average()
                    .orElseThrow();
            assertThat((double) trimmed.get("a").values()[i]).isCloseTo(mean, within(1e-6));
        }
        assertThat(median.get("a").shape()).containsExactly(3, 5);
    }

    @Test
    void aShareIsOfWholeClientsWhateverTheBinaryFractionIs() {
        float[] hundred = new float[100];
        hundred[28] = 100; // 0.29 x 100 is 28.999999999999996
        assertThat(new TrimmedMean(0.29).of(hundred)).isZero();
        assertThat(new TrimmedMean(Math.nextDown(0.5)).of(new float[] {1, 2, 4, 8}))
                .isEqualTo(3);
        assertThat(new TrimmedMean(0).of(new float[] {1, 2, 6})).isEqualTo(3);
    }

    /** Squared distances to the two nearest: 1 + 4, 1 + 1, 1 + 4, 4 + 9 and 96^2 + 98^2. */
    @Test
    void krumKeepsTheUpdatesThatAreNearestToTheirNeighbours() {
        List<TensorMap> updates = updates(0, 1, 2, 4, 100);

        assertThat(value(new MultiKrum(1, 1), updates)).isEqualTo(1);
        assertThat(value(new MultiKrum(1, 2), updates))
                .as("of equal scores that of the lower id")
                .isEqualTo(0.5f);
        assertThat(value(new MultiKrum(1, 3), updates)).isEqualTo(1);
        assertThat(value(new MultiKrum(), updates)).isEqualTo(1.75f);
    }

    @Test
    void krumsScoresAreSumsOverAllButTheAttackersAndTwo() {
        double[][] distances = {
            {0, 1, 4, 16, 10_000},
            {1, 0, 1, 9, 9801},
            {4, 1, 0, 4, 9604},
            {16, 9, 4, 0, 9216},
            {10_000, 9801, 9604, 9216, 0}
        };
        assertThat(MultiKrum.scores(distances, 1)).containsExactly(5, 2, 5, 13, 9216 + 9604);
        assertThat(MultiKrum.scores(distances, 0)).containsExactly(21, 11, 9, 29, 9216 + 9604 + 9801);
    }

    @Test
    void distancesAreOfWholeUpdates() {
        List<TensorMap> updates = new ArrayList<>();
        for (float second : new float[] {0, 50, 0.5f, 1, 0}) {
            updates.add(new TensorMap(Map.of("a", scalar(updates.size()), "b", scalar(second))));
        }
        TensorMap kept = aggregate(new MultiKrum(1, 4), updates);
        assertThat(kept.get("a").values()[0]).isEqualTo((0 + 2 + 3 + 4) / 4f);
        assertThat(kept.get("b").values()[0]).isEqualTo(1.5f / 4);
    }

    /** Clients began at 3 and 4; the first goes 3 and 4 farther, a length of 5, the second 0.3 and 0.4. */
    @Test
    void changesThatAreTooLongAreShortenedAsAWholeAndTheOthersAreNot() {
        Aggregator bound = new NormBound(1).from(new TensorMap(Map.of("a", scalar(3), "b", scalar(4))));
        TensorMap mean = aggregate(
                bound,
                List.of(
                        new TensorMap(Map.of("a", scalar(6), "b", scalar(8))),
                        new TensorMap(Map.of("a", scalar(3.3f), "b", scalar(4.4f)))));
        assertThat((double) mean.get("a").values()[0]).isCloseTo(3 + (0.6 + 0.3) / 2, within(1e-6));
        assertThat((double) mean.get("b").values()[0]).isCloseTo(4 + (0.8 + 0.4) / 2, within(1e-6));
    }

    @Test
    void withinTheBoundTheMeanIsThatOfAllClientsAlike() {
        List<TensorMap> updates = updates(7);
        assertThat(aggregate(new NormBound(1e6).from(start()), updates).sha256())
                .isEqualTo(aggregate(new Mean(Weighting.UNIFORM), updates).sha256());
    }

    /** Honest clients are within 1 of each other; two others send what is far off or not even a number. */
    @ParameterizedTest
    @FieldSource("ALL")
    void twoDishonestClientsOfElevenDoNotMoveTheModelFar(Aggregator aggregator) {
        TensorMap honest = aggregate(aggregator, updates(9));
        for (float lie : new float[] {1e30f, -1e30f, Float.POSITIVE_INFINITY, Float.NaN}) {
            List<TensorMap> updates = new ArrayList<>(updates(9));
            float[] lies = new float[15];
            Arrays.fill(lies, lie);
            updates.add(2, new TensorMap(Map.of("a", new Tensor(new long[] {3, 5}, lies))));
            updates.add(5, new TensorMap(Map.of("a", new Tensor(new long[] {3, 5}, lies))));
            TensorMap attacked = aggregate(aggregator, updates);
            for (int i = 0; i < 15; i++) {
                assertThat((double) attacked.get("a").values()[i])
                        .isCloseTo(honest.get("a").values()[i], within(2.0));
            }
        }
        assertThat(aggregator.weight(1)).isEqualTo(aggregator.weight(1_000_000_000));
    }

    @Test
    void whatCannotBeTrimmedOrKeptIsRefusedByItsKey() {
        refused(
                "federation.aggregator.cut is the share of clients cut at each end, 0 to below 0.5, got 0.5",
                () -> new TrimmedMean(0.5));
        refused(
                "federation.aggregator.cut is the share of clients cut at each end, 0 to below 0.5, got NaN",
                () -> new TrimmedMean(Double.NaN));
        refused("federation.aggregator.attackers must be 0 to 1000000, got -1", () -> new MultiKrum(-1, 0));
        refused("federation.aggregator.keep must be 0 to 1000000, got -2", () -> new MultiKrum(1, -2));
        refused("federation.aggregator.norm must be above 0, got 0.0", () -> new NormBound(0));
        assertThat(new MultiKrum().minClients()).isEqualTo(5);
        assertThat(new MultiKrum(1, 9).minClients()).isEqualTo(10);
    }

    @Test
    void anUpdateThatDoesNotFitTheOthersIsRefused() {
        Accumulator median = new Median().begin();
        median.add(1, 1, updates(1).get(0).asMap());
        refused(
                "the update of client 2 has the tensor a with shape [1], expected [3, 5]",
                () -> median.add(2, 1, updates(0f).get(0).asMap()));
    }

    private static void refused(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    private static float value(Aggregator aggregator, List<TensorMap> updates) {
        return aggregate(aggregator, updates).get("a").values()[0];
    }

    private static TensorMap aggregate(Aggregator aggregator, List<TensorMap> updates) {
        Accumulator accumulator = aggregator.begin();
        for (int client = 0; client < updates.size(); client++) {
            accumulator.add(
                    client,
                    aggregator.weight(1 + client % 3),
                    updates.get(client).asMap());
        }
        return new TensorMap(accumulator.result());
    }

    private static List<TensorMap> updates(float... values) {
        List<TensorMap> updates = new ArrayList<>();
        for (float value : values) {
            updates.add(new TensorMap(Map.of("a", scalar(value))));
        }
        return updates;
    }

    private static List<TensorMap> updates(int clients) {
        return IntStream.range(0, clients)
                .mapToObj(client -> new TensorMap(Map.of("a", Draw.uniform(0.5, Seeds.of(client, "update"), 3, 5))))
                .toList();
    }

    private static TensorMap start() {
        return new TensorMap(Map.of("a", Draw.zeros(3, 5)));
    }

    private static Tensor scalar(float value) {
        return new Tensor(new long[] {1}, new float[] {value});
    }
}
