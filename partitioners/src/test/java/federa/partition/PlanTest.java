package federa.partition;

import static federa.partition.PartitionerTest.counts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
    @Test
    void clientsOwnConsecutiveRanksInClientOrder() {
        Plan plan = Plan.of(List.of("a", "b"), new long[][] {{2, 0, 1}, {0, 0, 3}});
        assertThat(new int[] {plan.clientOf("a", 0), plan.clientOf("a", 1), plan.clientOf("a", 2)})
                .containsExactly(0, 0, 2);
        assertThat(plan.clientOf("b", 0)).isEqualTo(2);
        assertThat(plan.clients()).isEqualTo(3);
        assertThat(plan.size(1)).isZero();
        assertThat(plan.histogram(2)).isEqualTo(counts("a", 1, "b", 3));
        assertThat(plan.count(0, "b")).isZero();
        assertThat(plan.examples()).isEqualTo(6);
    }

    @Test
    void tasksGrowWithTheExamplesSoThatNoneHasMoreThanItsShare() {
        assertThat(new Iid(2).plan(counts(Partitioner.POOL, 4), 1).tasks(8)).isEqualTo(8);
        assertThat(new Iid(2).plan(counts(Partitioner.POOL, 10_000_000), 1).tasks(8))
                .isEqualTo(100);
        assertThat(new Iid(2).plan(counts(Partitioner.POOL, 10_000_001), 1).tasks(8))
                .isEqualTo(101);
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
    void aNaturalKeyNeedsAColumn() {
        assertThatThrownBy(() -> new NaturalKey(" ")).hasMessageStartingWith("partition.column is empty");
        assertThatThrownBy(() -> new NaturalKey(null)).hasMessageStartingWith("partition.column is empty");
    }
}
