package federa.metric;

import federa.spi.InvalidInputException;
import java.io.Serializable;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Precision, recall and F1 of named entities: one counts as found if type, start and end are right.
 *
 * @see <a href="https://github.com/chakki-works/seqeval">seqeval, whose numbers these are</a>
 */
public final class EntityScore implements Serializable {

    private static final long serialVersionUID = 1L;

    private final Entities scheme;
    private final TreeMap<String, Tally> byType = new TreeMap<>();

    /** The score of no sentence. */
    public EntityScore(Entities scheme) {
        this.scheme = scheme;
    }

    /**
     * Counts a sentence.
     *
     * @param gold the true tags, one for each word
     * @param predicted as many
     * @throws InvalidInputException if their numbers differ, or naming a tag that is not IOB2
     */
    public void add(List<String> gold, List<String> predicted) {
        if (gold.size() != predicted.size()) {
            throw new InvalidInputException("a sentence of %d words has %d predicted tags; both need one for each word"
                    .formatted(gold.size(), predicted.size()));
        }
        List<Entity> there = scheme.in(gold);
        List<Entity> found = scheme.in(predicted);
        Set<Entity> correct = new HashSet<>(there);
        correct.retainAll(found);
        there.forEach(entity -> count(entity.type(), new Tally(0, 0, 1)));
        found.forEach(entity -> count(entity.type(), new Tally(correct.contains(entity) ? 1 : 0, 1, 0)));
    }

    /** The score of both parts together. */
    public EntityScore plus(EntityScore other) {
        if (scheme != other.scheme) {
            throw new InvalidInputException("cannot add scores of %s and %s".formatted(scheme, other.scheme));
        }
        EntityScore sum = new EntityScore(scheme);
        byType.forEach(sum::count);
        other.byType.forEach(sum::count);
        return sum;
    }

    /** The counts of each type that is there or was predicted. */
    public SortedMap<String, Tally> byType() {
        return Collections.unmodifiableSortedMap(byType);
    }

    /** The counts of all types together: the usual score is its F1. */
    public Tally micro() {
        return byType.values().stream().reduce(Tally.NONE, Tally::plus);
    }

    /** The mean of the types' F1, 0 without a type. */
    public double macroF1() {
        return byType.values().stream().mapToDouble(Tally::f1).average().orElse(0);
    }

    private void count(String type, Tally tally) {
        byType.merge(type, tally, Tally::plus);
    }
}
