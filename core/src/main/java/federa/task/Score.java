package federa.task;

import java.io.Serializable;
import java.util.Map;

/**
 * How good predictions are, summed up row by row. Scores of parts of the data add up to the score of the whole, so parts
 * can be scored in different places.
 *
 * <p>What a score sums in floating point depends in its last bits on the order of the rows and of the parts: whoever wants
 * the same bits again keeps to one order.
 */
public interface Score extends Serializable {

    /**
     * Counts a row.
     *
     * @param truth the row, with the columns that the task's {@link Task#truths()} name
     * @param prediction the task's own, for this row
     */
    void add(Fields truth, Prediction prediction);

    /**
     * Adds the rows that another score has counted.
     *
     * @param other made by the same task, with the same labels
     */
    void add(Score other);

    /** The metrics by name, at least one row having been counted; the one that a run is judged by comes first. */
    Map<String, Double> metrics();
}
