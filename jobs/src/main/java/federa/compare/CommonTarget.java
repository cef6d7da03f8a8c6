package federa.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A value of a metric that several should reach: shares of the best value of the weakest, so that each has a chance; the last
 * one is the best value of the strongest.
 *
 * @param name in words
 */
public record CommonTarget(String name, double value) {

    private static final double[] SHARES = {0.90, 0.95, 1.00};

    /** Of the best value that each came to; values that are not finite do not count. */
    public static List<CommonTarget> of(double[] bests) {
        double[] sorted = Arrays.stream(bests).filter(Double::isFinite).sorted().toArray();
        if (sorted.length == 0) {
            return List.of();
        }
        double lowest = sorted[0];
        double highest = sorted[sorted.length - 1];
        List<CommonTarget> targets = new ArrayList<>();
        for (double share : SHARES) {
            targets.add(new CommonTarget(Math.round(100 * share) + " % of the lowest best", share * lowest));
        }
        if (highest > lowest) {
            targets.add(new CommonTarget("the highest best", highest));
        }
        return targets;
    }
}
