package federa.partition;

import static federa.partition.PartitionerTest.counts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Iid, QuantitySkew and NaturalKey. */
class PooledPartitionersTest {
    @Test
    void iidClientsDifferByAtMostOneExample() {
        Plan plan = new Iid(4).plan(counts(Partitioner.POOL, 11), 1);
        assertThat(IntStream.range(0, 4).mapToLong(plan::size)).containsExactly(3L, 3L, 3L, 2L);
    }

    @Test
    void betaToInfinityGivesEqualSizes() {
        Plan plan = new QuantitySkew(10, 1e8).plan(counts(Partitioner.POOL, 1000), 1);
        assertThat(IntStream.range(0, 10).mapToLong(plan::size)).allMatch(size -> size >= 98 && size <= 102);
    }

    @Test
    void betaToZeroGivesOneClientAllButOneExampleOfTheOthers() {
        Plan plan = new QuantitySkew(10, 1e-5).plan(counts(Partitioner.POOL, 1000), 1);
        assertThat(IntStream.range(0, 10).mapToLong(plan::size)).containsOnly(1L, 991L);
    }

    @Test
    void naturalClientsAreTheKeysInOrder() {
        Plan plan = new NaturalKey("author").plan(counts("zoe", 1, "adam", 3, "10", 2, "2", 5), 1);
        assertThat(plan.clients()).isEqualTo(4);
        assertThat(plan.groups()).containsExactly("10", "2", "adam", "zoe");
        assertThat(plan.clientOf("adam", 2)).isEqualTo(2);
        assertThat(plan.size(1)).isEqualTo(5);
    }

    @Test
    void ranksAndGroupsOutsideThePlanAreErrors() {
        Plan plan = new Iid(2).plan(counts(Partitioner.POOL, 4), 1);
        assertThatThrownBy(() -> plan.clientOf(Partitioner.POOL, 4)).hasMessageContaining("outside the plan's 4");
        assertThatThrownBy(() -> plan.clientOf(Partitioner.POOL, -1)).hasMessageContaining("Rank -1");
        assertThatThrownBy(() -> plan.clientOf("other", 0)).hasMessageContaining("Group 'other' is not in the plan");
    }

    @Test
    void badValuesNameTheKey() {
        assertThatThrownBy(() -> new Iid(0)).hasMessage("partition.clients must be >= 1, got 0");
        assertThatThrownBy(() -> new QuantitySkew(2, -0.5))
                .hasMessageStartingWith("partition.beta must be > 0, got -0.5");
        assertThatThrownBy(() -> new NaturalKey(" ")).hasMessageStartingWith("partition.column is empty");
        assertThatThrownBy(() -> new Iid(5).plan(counts(Partitioner.POOL, 4), 1))
                .hasMessageStartingWith("partition.clients is 5 but there are only 4 examples");
        assertThatThrownBy(() -> new Iid(2).plan(counts("a", 4), 1)).hasMessageContaining("give one count named 'all'");
    }
}
