package federa.partition;

import static federa.partition.Require.require;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Examples per group in the natural order of the group names: at least one group, none of them empty. */
final class GroupCounts {
    private final List<String> names;
    private final long[] counts;
    private final long total;

    private GroupCounts(List<String> names, long[] counts, long total) {
        this.names = names;
        this.counts = counts;
        this.total = total;
    }

    static GroupCounts of(SortedMap<String, Long> groupCounts) {
        require(!groupCounts.isEmpty(), "There are no examples to partition; check the input of the partition job");
        TreeMap<String, Long> natural = new TreeMap<>();
        groupCounts.forEach(natural::put);
        long total = 0;
        for (var group : natural.entrySet()) {
            long count = group.getValue();
            require(count >= 1, "Group '%s' has %s examples; leave empty groups out", group.getKey(), count);
            total = Math.addExact(total, count);
        }
        long[] counts = natural.values().stream().mapToLong(Long::longValue).toArray();
        return new GroupCounts(List.copyOf(natural.keySet()), counts, total);
    }

    /** The counts if they give every client an example. */
    static GroupCounts of(SortedMap<String, Long> groupCounts, int clients) {
        GroupCounts result = of(groupCounts);
        require(
                clients <= result.total,
                "partition.clients is %s but there are only %s examples; set partition.clients to at most %s",
                clients,
                result.total,
                result.total);
        return result;
    }

    /** The counts of a partitioner without a group column. */
    static GroupCounts pooled(SortedMap<String, Long> groupCounts, int clients) {
        GroupCounts result = of(groupCounts, clients);
        require(
                result.names.equals(List.of(Partitioner.POOL)),
                "This partitioner has no groups: give one count named '%s', got %s",
                Partitioner.POOL,
                result.names);
        return result;
    }

    int size() {
        return counts.length;
    }

    List<String> names() {
        return names;
    }

    long count(int group) {
        return counts[group];
    }

    /** A copy of the counts, in the order of the names. */
    long[] counts() {
        return counts.clone();
    }

    long total() {
        return total;
    }
}
