package federa.partition;

import static federa.partition.Require.require;

import java.util.Optional;
import java.util.SortedMap;

/**
 * The clients that the data has by itself: one for each value of a column such as an author or a hospital.
 *
 * <p>Client numbers follow the natural order of the values as strings ("10" before "2"). The seed has no influence.
 *
 * @param column the column whose values are the clients
 */
public record NaturalKey(String column) implements Partitioner {
    public NaturalKey {
        require(
                column != null && !column.isBlank(),
                "partition.column is empty; name the column whose values are the clients");
    }

    @Override
    public Optional<String> groupColumn() {
        return Optional.of(column);
    }

    @Override
    public Plan plan(SortedMap<String, Long> groupCounts, long seed) {
        GroupCounts keys = GroupCounts.of(groupCounts);
        return Plan.oneClientPerGroup(keys.names(), keys.counts());
    }
}
