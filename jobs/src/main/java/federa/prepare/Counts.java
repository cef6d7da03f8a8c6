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
 * @param classesBySplit what there is to learn in each split: labels of texts, types of entities; empty for questions
 * @param malformed records that were left out
 * @param skipped reason, then the number of sound records that are no examples of this kind of data
 * @param firstProblems the first of them in file order, as {@code file:line: reason}
 */
public record Counts(
        SortedMap<String, SortedMap<String, Long>> byLabel,
        SortedMap<String, SortedSet<String>> classesBySplit,
        long malformed,
        SortedMap<String, Long> skipped,
        List<String> firstProblems) {

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

    /** The classes of a split in natural order. */
    public SortedSet<String> classes(String split) {
        SortedSet<String> classes = classesBySplit.get(split);
        return classes == null ? new TreeSet<>() : classes;
    }

    /** The classes of all splits in natural order. */
    public SortedSet<String> classes() {
        SortedSet<String> classes = new TreeSet<>();
        classesBySplit.values().forEach(split -> classes.addAll(split));
        return classes;
    }

    /** Malformed records as a part of all records, 0 if there are none at all. */
    public double badShare() {
        return Problems.share(rows(), malformed);
    }
}
