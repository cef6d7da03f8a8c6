package federa.partition;

import static federa.partition.PartitionerTest.counts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Iid and QuantitySkew. */
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
    void badValuesNameTheKey() {
        assertThatThrownBy(() -> new Iid(0)).hasMessage("partition.clients must be >= 1, got 0");
        assertThatThrownBy(() -> new Resident(0)).hasMessage("partition.clients must be >= 1, got 0");
        assertThatThrownBy(() -> new QuantitySkew(2, -0.5))
                .hasMessageStartingWith("partition.beta must be > 0, got -0.5");
        assertThatThrownBy(() -> new Iid(5).plan(counts(Partitioner.POOL, 4), 1))
                .hasMessageStartingWith("partition.clients is 5 but there are only 4 examples");
        assertThatThrownBy(() -> new Iid(2).plan(counts("a", 4), 1)).hasMessageContaining("give one count named 'all'");
    }
}
