package federa.pipeline;

import federa.store.Round.Evaluation;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What decides which round of a run is its best: never the test split. */
final class BestRounds {

    /** The name in {@code evaluations} of what clients hold out of their training. */
    static final String VALIDATION = "validation";

    private BestRounds() {}

    /** A metric on the validation examples, by round; rounds without are left out. */
    static SortedMap<Integer, Double> validation(Map<Integer, List<Evaluation>> evaluations, String metric) {
        SortedMap<Integer, Double> values = new TreeMap<>();
        evaluations.forEach((round, all) -> all.stream()
                .filter(e -> e.split().equals(VALIDATION) && e.metric().equals(metric))
                .forEach(e -> values.put(round, e.value())));
        return values;
    }
}
