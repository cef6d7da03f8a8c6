package federa.partition;

import static federa.partition.Require.require;

import java.util.Map;
import java.util.TreeSet;

/**
 * How far a client's labels are from everybody's.
 *
 * @param jsDistance the square root of the Jensen-Shannon divergence in bits: 0 for equal distributions, 1 for
 *     distributions without a common label
 * @param labels how many labels the client has
 * @see <a href="https://doi.org/10.1109/TIT.2003.813506">Endres and Schindelin 2003, a new metric for probability
 *     distributions</a>
 */
public record Skew(double jsDistance, int labels) {

    /** Compares two label histograms; each has at least one example. */
    public static Skew of(Map<String, Long> client, Map<String, Long> global) {
        double clientTotal = total(client);
        double globalTotal = total(global);
        TreeSet<String> labels = new TreeSet<>(client.keySet());
        labels.addAll(global.keySet());
        double divergence = 0;
        for (String label : labels) {
            double p = client.getOrDefault(label, 0L) / clientTotal;
            double q = global.getOrDefault(label, 0L) / globalTotal;
            divergence += (bits(p, (p + q) / 2) + bits(q, (p + q) / 2)) / 2;
        }
        int owned = (int) client.values().stream().filter(count -> count > 0).count();
        return new Skew(Math.sqrt(Math.min(1, Math.max(0, divergence))), owned);
    }

    private static double total(Map<String, Long> histogram) {
        long total = histogram.values().stream().mapToLong(Long::longValue).sum();
        require(total > 0, "A client without examples has no label distribution; leave it out");
        return total;
    }

    private static double bits(double p, double mean) {
        return p == 0 ? 0 : p * StrictMath.log(p / mean) / StrictMath.log(2);
    }
}
