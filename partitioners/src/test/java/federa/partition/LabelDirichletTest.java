package federa.partition;

import static federa.partition.PartitionerTest.balanced;
import static federa.partition.PartitionerTest.counts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SortedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelDirichletTest {
    @ParameterizedTest
    @EnumSource(Convention.class)
    void clientsHaveEqualSizesAndTheLastTakesTheRest(Convention convention) {
        SortedMap<String, Long> counts = counts("a", 31, "b", 500, "c", 176, "d", 1);
        Plan plan = new LabelDirichlet(9, 0.4, convention).plan(counts, 42);
        assertThat(IntStream.range(0, 9).mapToLong(plan::size))
                .containsExactly(78L, 78L, 78L, 78L, 78L, 78L, 78L, 78L, 84L);
    }

    @ParameterizedTest
    @EnumSource(Convention.class)
    void alphaToInfinityTendsToIid(Convention convention) {
        SortedMap<String, Long> counts = counts("a", 3000, "b", 5000, "c", 1000, "d", 1000);
        Plan plan = new LabelDirichlet(10, 1e7, convention).plan(counts, 3);
        if (convention == Convention.HSU) { // whose limit is the same share of every label
            assertThat(plan.count(0, "a")).isBetween(249L, 251L);
            return;
        }
        for (int client = 0; client < 10; client++) {
            assertThat(plan.count(client, "a")).isBetween(297L, 303L);
            assertThat(plan.count(client, "b")).isBetween(497L, 503L);
            assertThat(Skew.of(plan.histogram(client), counts).jsDistance()).isLessThan(0.02);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 1e-6, 1e-12, 1e-300, Double.MIN_VALUE})
    void alphaToZeroGivesSingleLabelClientsOfTwoLabels(double alpha) {
        // 5 clients use up each label; the client that finds its label gone is refilled from the only other one.
        Plan plan = new LabelDirichlet(10, alpha, Convention.HSU).plan(balanced(2, 500), 11);
        assertThat(IntStream.range(0, 10).map(client -> plan.histogram(client).size()))
                .containsOnly(1);
    }

    @Test
    void alphaToZeroGivesSingleLabelClientsUntilLabelsRunOut() {
        SortedMap<String, Long> counts = balanced(20, 500);
        Plan plan = new LabelDirichlet(100, 1e-5, Convention.FEDNLP).plan(counts, 1);
        long single = IntStream.range(0, 100)
                .filter(client -> plan.histogram(client).size() == 1)
                .count();
        assertThat(single).isGreaterThanOrEqualTo(60);
        assertThat(plan.histogram(0)).hasSize(1);
        assertThat(IntStream.range(0, 100).mapToLong(plan::size)).containsOnly(100L);
    }

    @Test
    void smallAlphaIsMoreSkewedThanLargeAlpha() {
        SortedMap<String, Long> counts = balanced(20, 500);
        assertThat(meanDistance(0.1, counts)).isGreaterThan(meanDistance(1, counts) + 0.05);
        assertThat(meanDistance(1, counts)).isGreaterThan(meanDistance(10, counts) + 0.05);
    }

    private static double meanDistance(double alpha, SortedMap<String, Long> counts) {
        Plan plan = new LabelDirichlet(100, alpha, Convention.HSU).plan(counts, 7);
        return IntStream.range(0, 100)
                .mapToDouble(client -> Skew.of(plan.histogram(client), counts).jsDistance())
                .average()
                .orElseThrow();
    }

    @Test
    void hsuEqualsFednlpTimesLabelsForBalancedLabels() {
        SortedMap<String, Long> counts = balanced(20, 500);
        Plan hsu = new LabelDirichlet(100, 0.1, Convention.HSU).plan(counts, 42);
        Plan fednlp = new LabelDirichlet(100, 2, Convention.FEDNLP).plan(counts, 42);
        assertThat(hsu).isEqualTo(fednlp);
    }

    @Test
    void conventionsDifferForUnbalancedLabels() {
        SortedMap<String, Long> counts = counts("a", 900, "b", 100);
        Plan hsu = new LabelDirichlet(10, 0.1, Convention.HSU).plan(counts, 42);
        Plan fednlp = new LabelDirichlet(10, 0.2, Convention.FEDNLP).plan(counts, 42);
        assertThat(hsu).isNotEqualTo(fednlp);
    }

    @Test
    void quotasAreRoundedHalfToEvenAndTheLastLabelTakesTheRest() {
        assertThat(LabelDirichlet.quotas(new double[] {0.25, 0.35, 0.4}, 10)).containsExactly(2, 4, 4); // 2.5, 3.5
        assertThat(LabelDirichlet.quotas(new double[] {0.5, 0.5, 0}, 3)).containsExactly(2, 1, 0); // 1.5, 1.5
    }

    @Test
    void badValuesNameTheKey() {
        assertThatThrownBy(() -> new LabelDirichlet(10, -1, Convention.HSU))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("partition.alpha must be > 0, got -1.0");
        assertThatThrownBy(() -> new LabelDirichlet(10, 0, Convention.HSU))
                .hasMessageStartingWith("partition.alpha must be > 0, got 0.0");
        assertThatThrownBy(() -> new LabelDirichlet(10, Double.NaN, Convention.HSU))
                .hasMessageStartingWith("partition.alpha must be > 0, got NaN");
        assertThatThrownBy(() -> new LabelDirichlet(10, Double.POSITIVE_INFINITY, Convention.HSU))
                .hasMessageStartingWith("partition.alpha must be");
        assertThatThrownBy(() -> new LabelDirichlet(0, 1, Convention.HSU))
                .hasMessage("partition.clients must be >= 1, got 0");
        assertThatThrownBy(() -> new LabelDirichlet(1, 1, null)).hasMessageStartingWith("partition.convention");
    }

    @Test
    void moreClientsThanExamplesIsAnError() {
        assertThatThrownBy(() -> new LabelDirichlet(8, 1, Convention.HSU).plan(counts("a", 3, "b", 4), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("partition.clients is 8 but there are only 7 examples; set partition.clients to at most 7");
    }

    @Test
    void noExamplesAndEmptyLabelsAreErrors() {
        LabelDirichlet partitioner = new LabelDirichlet(1, 1, Convention.HSU);
        assertThatThrownBy(() -> partitioner.plan(counts(), 1)).hasMessageStartingWith("There are no examples");
        assertThatThrownBy(() -> partitioner.plan(counts("a", 3, "b", 0), 1))
                .hasMessage("Group 'b' has 0 examples; leave empty groups out");
    }
}
