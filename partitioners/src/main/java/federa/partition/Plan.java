package federa.partition;

import static federa.partition.Require.require;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How many examples of each group every client owns, and so which client owns the example at a given rank.
 *
 * <p>The examples of a group stand in a queue; clients own consecutive ranges of it in client order. Only ranges that
 * are not empty are stored, so a plan of a million natural clients is small. A client without examples is still one of
 * the {@link #clients()}.
 */
public final class Plan implements Serializable {
    /** Some tens of MB of short texts. What a task cannot hold it spills, and every spill file costs it buffers. */
    private static final int EXAMPLES_PER_TASK = 100_000;

    private final int clients;
    private final String[] groups; // sorted
    private final long[] starts; // of each group in the row of all groups, and the number of examples at the end
    private final int[][] owners; // by group, ascending
    private final long[][] ends; // by group and owner: the rank after the owner's last

    private Plan(int clients, List<String> groups, int[][] owners, long[][] ends) {
        this.clients = clients;
        this.groups = groups.toArray(String[]::new);
        this.owners = owners;
        this.ends = ends;
        this.starts = new long[ends.length + 1];
        for (int group = 0; group < ends.length; group++) {
            starts[group + 1] = starts[group] + ends[group][ends[group].length - 1];
        }
    }

    /**
     * The plan of a matrix of counts.
     *
     * @param groups names in natural order
     * @param counts examples by group and client
     */
    public static Plan of(List<String> groups, long[][] counts) {
        int[][] owners = new int[counts.length][];
        long[][] ends = new long[counts.length][];
        for (int group = 0; group < counts.length; group++) {
            long[] row = counts[group];
            owners[group] = IntStream.range(0, row.length)
                    .filter(client -> row[client] > 0)
                    .toArray();
            ends[group] = Arrays.stream(owners[group])
                    .mapToLong(client -> row[client])
                    .toArray();
            Arrays.parallelPrefix(ends[group], Long::sum);
        }
        return new Plan(counts[0].length, groups, owners, ends);
    }

    /** The plan in which client i owns all of group i. */
    public static Plan oneClientPerGroup(List<String> groups, long[] counts) {
        int[][] owners = new int[counts.length][];
        long[][] ends = new long[counts.length][];
        for (int group = 0; group < counts.length; group++) {
            owners[group] = new int[] {group};
            ends[group] = new long[] {counts[group]};
        }
        return new Plan(counts.length, groups, owners, ends);
    }

    /** The number of clients, those without examples included. */
    public int clients() {
        return clients;
    }

    /** The names of the groups in natural order. */
    public List<String> groups() {
        return Collections.unmodifiableList(Arrays.asList(groups));
    }

    /** The number of all examples. */
    public long examples() {
        return starts[groups.length];
    }

    /** How many tasks should share the examples. */
    public int tasks(int cores) {
        return tasks(examples(), cores);
    }

    /** How many tasks should share examples: one per core, more if that were too much for each to sort. */
    public static int tasks(long examples, int cores) {
        return (int) Math.max(cores, (examples + EXAMPLES_PER_TASK - 1) / EXAMPLES_PER_TASK);
    }

    /**
     * The owner of an example.
     *
     * @param rank the position of the example in its group's shuffled queue, from 0
     */
    public int clientOf(String group, long rank) {
        int g = ordinal(group);
        long[] ranges = ends[g];
        require(
                rank >= 0 && rank < ranges[ranges.length - 1],
                "Rank %s of group '%s' is outside the plan's %s examples; plan and examples must be of the same data",
                rank,
                group,
                ranges[ranges.length - 1]);
        int found = Arrays.binarySearch(ranges, rank);
        return owners[g][found >= 0 ? found + 1 : -found - 1]; // an end belongs to the next owner
    }

    /** The examples of a group that a client owns; 0 for none. */
    public long count(int client, String group) {
        return count(client, ordinal(group));
    }

    /** The examples of each group that a client owns; groups of which it owns none are left out. */
    public SortedMap<String, Long> histogram(int client) {
        SortedMap<String, Long> histogram = new TreeMap<>();
        for (int group = 0; group < groups.length; group++) {
            long count = count(client, group);
            if (count > 0) {
                histogram.put(groups[group], count);
            }
        }
        return histogram;
    }

    /** The number of examples that a client owns. */
    public long size(int client) {
        return histogram(client).values().stream().mapToLong(Long::longValue).sum();
    }

    /** The position of a group among {@link #groups()}. */
    int ordinal(String group) {
        int ordinal = group == null ? -1 : Arrays.binarySearch(groups, group);
        require(ordinal >= 0, "Group '%s' is not in the plan; plan and examples must be of the same data", group);
        return ordinal;
    }

    /** The owner of the example at a position of the row of all groups, its group being known. */
    int clientAt(long position, int ordinal) {
        return clientOf(groups[ordinal], position - starts[ordinal]);
    }

    /** Whether the group alone tells the owner, so that no rank is needed. */
    boolean needsNoRanks() {
        return Arrays.stream(owners).allMatch(owner -> owner.length == 1);
    }

    private long count(int client, int group) {
        int found = Arrays.binarySearch(owners[group], client);
        if (found < 0) {
            return 0;
        }
        return ends[group][found] - (found == 0 ? 0 : ends[group][found - 1]);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Plan plan
                && clients == plan.clients
                && Arrays.equals(groups, plan.groups)
                && Arrays.deepEquals(owners, plan.owners)
                && Arrays.deepEquals(ends, plan.ends);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * clients + Arrays.deepHashCode(owners)) + Arrays.deepHashCode(ends);
    }

    @Override
    public String toString() {
        return clients + " clients, " + groups.length + " groups, " + examples() + " examples";
    }
}
