package federa.compare;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A run of a grid's cell, as it was measured.
 *
 * @param values of the grid's axes, by axis
 * @param full whether all parameters were trained
 * @param metric that the run is judged by; more is better
 * @param test that metric on the test split, by evaluated round
 * @param rounds all of them, in order; 0 is the start
 */
public record Trained(
        Map<String, String> values,
        long seed,
        boolean full,
        String metric,
        SortedMap<Integer, Double> test,
        List<RoundCost> rounds) {

    public Trained {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        test = Collections.unmodifiableSortedMap(new TreeMap<>(test));
        rounds = List.copyOf(rounds);
    }

    /**
     * What a round cost.
     *
     * @param bytes up and down, of all clients
     */
    public record RoundCost(int round, long bytes, List<ClientCost> clients) {}

    /**
     * What a client contributed to that.
     *
     * @param seconds that it computed, as measured
     * @param bytes up and down
     */
    public record ClientCost(double seconds, double bytes) {}

    /** The metric after the last round that was evaluated; NaN if none was. */
    double last() {
        return test.isEmpty() ? Double.NaN : test.get(test.lastKey());
    }

    /** Bytes of all rounds up to this one. */
    double bytes(int round) {
        return rounds.stream()
                .filter(r -> r.round() <= round)
                .mapToLong(RoundCost::bytes)
                .sum();
    }

    /** Simulated seconds of all rounds up to this one. */
    double seconds(Scenario scenario, int round) {
        return rounds.stream()
                .filter(r -> r.round() <= round)
                .mapToDouble(scenario::seconds)
                .sum();
    }
}
