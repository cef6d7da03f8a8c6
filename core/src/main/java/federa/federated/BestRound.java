package federa.federated;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The round whose global model did best on the validation examples, which are never the test split.
 *
 * @param value of the metric that the run is judged by; more is better
 */
public record BestRound(int round, double value) {

    /** Of the values by round; of equal ones the earliest, which cost least. Nothing if no round was validated. */
    public static Optional<BestRound> of(SortedMap<Integer, Double> byRound) {
        BestRound best = null;
        for (Map.Entry<Integer, Double> round : byRound.entrySet()) {
            if (!Double.isNaN(round.getValue()) && (best == null || round.getValue() > best.value())) {
                best = new BestRound(round.getKey(), round.getValue());
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * Whether a run has waited long enough for a better round.
     *
     * @param patience rounds to wait, 0 for as many as there are
     */
    public static boolean isOutOfPatience(SortedMap<Integer, Double> byRound, int patience) {
        return patience > 0
                && of(byRound)
                        .map(best -> byRound.lastKey() - best.round() >= patience)
                        .orElse(false);
    }
}
