package federa.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One client's share of the data.
 *
 * @param histogram label, or cluster -> examples; those without examples may be left out
 * @param jsDistance Jensen-Shannon distance between this client's histogram and that of all clients, in [0, 1]; NaN when unknown
 */
public record ClientStats(int client, long examples, Map<String, Long> histogram, double jsDistance) {
    public ClientStats {
        histogram = Collections.unmodifiableMap(new LinkedHashMap<>(histogram));
    }
}
