package federa.metric;

import java.io.Serializable;

/**
 * What precision and recall are made of. Where a share has no denominator it is 0, as in the scorers followed here.
 *
 * @param correct true positives
 * @param predicted true and false positives
 * @param gold true positives and false negatives
 */
public record Tally(long correct, long predicted, long gold) implements Serializable {

    static final Tally NONE = new Tally(0, 0, 0);

    /** The counts of both together. */
    public Tally plus(Tally other) {
        return new Tally(correct + other.correct, predicted + other.predicted, gold + other.gold);
    }

    public double precision() {
        return share(correct, predicted);
    }

    public double recall() {
        return share(correct, gold);
    }

    /** The harmonic mean of precision and recall. */
    public double f1() {
        return share(2 * correct, predicted + gold);
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
