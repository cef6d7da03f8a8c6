package federa.prepare;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a preparation found.
 *
 * @param byLabel split, then label, then the number of usable rows
 * @param malformed records that were left out
 * @param firstProblems the first of them in file order, as {@code file:line: reason}
 */
public record Counts(SortedMap<String, SortedMap<String, Long>> byLabel, long malformed, List<String> firstProblems) {

    /** Usable rows of a split, 0 if there is no such split. */
    public long rows(String split) {
        Map<String, Long> labels = byLabel.get(split);
        return labels == null
                ? 0
                : labels.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Usable rows of all splits. */
    public long rows() {
        return byLabel.keySet().stream().mapToLong(this::rows).sum();
    }

    /** The labels of all splits in natural order: the place of a label is its class number. */
    public SortedSet<String> labels() {
        SortedSet<String> labels = new TreeSet<>();
        byLabel.values().forEach(split -> labels.addAll(split.keySet()));
        return labels;
    }

    /** Malformed records as a part of all records, 0 if there are none at all. */
    public double badShare() {
        return malformed == 0 ? 0 : (double) malformed / (rows() + malformed);
    }
}
