package federa.metric;

import federa.spi.InvalidInputException;
import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The official metric of SemEval-2010 Task 8: F1 of each relation, averaged over the relations that the gold labels
 * have, "Other" excluded. The right relation in the wrong direction is a false positive and a false negative of that
 * relation; a prediction of a relation where "Other" is right is a false positive, the reverse a false negative.
 *
 * @see <a href="https://aclanthology.org/S10-1006">Hendrickx et al. 2010; the script is semeval2010_task8_scorer-v1.2,
 *     whose "(9+1)-way evaluation taking directionality into account" this is</a>
 */
public final class RelationScore implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final String OTHER = "Other";
    private static final Pattern LABEL =
            Pattern.compile("(Cause-Effect|Component-Whole|Content-Container|Entity-Destination"
                    + "|Entity-Origin|Instrument-Agency|Member-Collection|Message-Topic|Product-Producer)\\((?:e1,e2|e2,e1)\\)|"
                    + OTHER);

    private final TreeMap<String, Tally> byRelation = new TreeMap<>();

    /** True if all labels are of the task, and not just "Other". */
    public static boolean applies(Collection<String> labels) {
        return labels.stream().allMatch(label -> LABEL.matcher(label).matches())
                && labels.stream().anyMatch(label -> !label.equals(OTHER));
    }

    /** Counts an example. */
    public void add(String gold, String predicted) {
        add(gold, predicted, 1);
    }

    /**
     * Counts examples that have the same labels.
     *
     * @throws InvalidInputException naming a label that is not of the task
     */
    public void add(String gold, String predicted, long examples) {
        String is = relation(gold);
        String said = relation(predicted);
        count(is, new Tally(gold.equals(predicted) ? examples : 0, 0, examples));
        count(said, new Tally(0, examples, 0));
    }

    /** The score of both parts together. */
    public RelationScore plus(RelationScore other) {
        RelationScore sum = new RelationScore();
        byRelation.forEach(sum::count);
        other.byRelation.forEach(sum::count);
        return sum;
    }

    /** The counts of each relation that is there or was predicted, without direction; never of "Other". */
    public SortedMap<String, Tally> byRelation() {
        return Collections.unmodifiableSortedMap(byRelation);
    }

    /** The official score; 0 if the gold labels have no relation. */
    public double macroF1() {
        return byRelation.values().stream()
                .filter(tally -> tally.gold() > 0)
                .mapToDouble(Tally::f1)
                .average()
                .orElse(0);
    }

    /** The relation that a label names, null for "Other". */
    private static String relation(String label) {
        Matcher matcher = LABEL.matcher(label);
        if (!matcher.matches()) {
            throw new InvalidInputException("'%s' is no label of SemEval-2010 Task 8".formatted(label));
        }
        return matcher.group(1);
    }

    private void count(String relation, Tally tally) {
        if (relation != null) {
            byRelation.merge(relation, tally, Tally::plus);
        }
    }
}
