package federa.partition;

import static federa.partition.Require.requireClients;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * Clients that are alike: one shuffled pool cut into equal parts, sizes differing by at most one example.
 *
 * @param clients how many clients share the examples
 */
public record Iid(int clients) implements Partitioner {
    public Iid {
        requireClients(clients);
    }

    @Override
    public OptionalInt clientsAsked() {
        return OptionalInt.of(clients);
    }

    @Override
    public Optional<String> groupColumn() {
        return Optional.empty();
    }

    /** Does not depend on the seed; which example stands where in the pool does. */
    @Override
    public Plan plan(SortedMap<String, Long> groupCounts, long seed) {
        GroupCounts pool = GroupCounts.pooled(groupCounts, clients);
        long[] sizes = new long[clients];
        Arrays.setAll(sizes, client -> pool.total() / clients + (client < pool.total() % clients ? 1 : 0));
        return Plan.of(pool.names(), new long[][] {sizes});
    }
}
