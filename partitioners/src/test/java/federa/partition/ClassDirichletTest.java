package federa.partition;

import static federa.partition.PartitionerTest.balanced;
import static federa.partition.PartitionerTest.counts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassDirichletTest {
    @Test
    void alphaToInfinityTendsToIid() {
        Plan plan = new ClassDirichlet(10, 1e8, 0).plan(counts("a", 1000, "b", 3000), 5);
        for (int client = 0; client < 10; client++) {
            assertThat(plan.count(client, "a")).isBetween(98L, 102L);
            assertThat(plan.count(client, "b")).isBetween(298L, 302L);
        }
    }

    @Test
    void alphaToZeroGivesEachLabelToOneClient() {
        Plan plan = new ClassDirichlet(10, 1e-6, 0).plan(balanced(20, 100), 5);
        for (String label : plan.groups()) {
            assertThat(IntStream.range(0, 10).filter(client -> plan.count(client, label) > 0))
                    .hasSize(1);
        }
    }

    @Test
    void withoutAMinimumAClientMayBeEmptyAndStaysInThePlan() {
        Plan plan = new ClassDirichlet(10, 1e-6, 0).plan(balanced(2, 100), 5);
        assertThat(plan.clients()).isEqualTo(10);
        assertThat(IntStream.range(0, 10).filter(client -> plan.size(client) == 0))
                .hasSizeGreaterThanOrEqualTo(8);
    }

    @Test
    void everyClientHasTheMinimum() {
        for (int seed = 0; seed < 20; seed++) {
            Plan plan = new ClassDirichlet(10, 0.5, 10).plan(balanced(10, 100), seed);
            assertThat(IntStream.range(0, 10).mapToLong(plan::size)).allMatch(size -> size >= 10);
        }
    }

    @Test
    void aMinimumThatCannotBeReachedIsAnError() {
        assertThatThrownBy(() -> new ClassDirichlet(10, 1, 11).plan(counts("a", 100), 1))
                .hasMessage("partition.min-examples 11 for 10 clients needs 110 examples but there are 100; "
                        + "lower one of them");
        assertThatThrownBy(() -> new ClassDirichlet(10, 1e-4, 10).plan(balanced(2, 100), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("partition.min-examples 10 at partition.alpha 1.0E-4");
    }

    @Test
    void badValuesNameTheKey() {
        assertThatThrownBy(() -> new ClassDirichlet(10, 0, 0)).hasMessageStartingWith("partition.alpha must be > 0");
        assertThatThrownBy(() -> new ClassDirichlet(10, 1, -1))
                .hasMessage("partition.min-examples must be >= 0, got -1");
        assertThatThrownBy(() -> new ClassDirichlet(5, 1, 0).plan(counts("a", 4), 1))
                .hasMessageStartingWith("partition.clients is 5 but there are only 4 examples");
    }
}
