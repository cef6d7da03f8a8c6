package federa.job;

import federa.compare.Comparison;
import federa.compare.Comparison.Curve;
import federa.compare.Comparison.Point;

/** A comparison on the terminal: a line for each contender in each setting. */
final class ComparisonTable {

    private ComparisonTable() {}

    static void print(Comparison comparison) {
        System.out.printf(
                "%n%-40s %-24s %-10s %6s %6s %17s %6s%n",
                "setting", "contender", "metric", "round", "seeds", "mean ± deviation", "rank");
        for (Curve curve : comparison.curves()) {
            Point last = curve.last();
            System.out.printf(
                    "%-40s %-24s %-10s %6d %6d %17s %6.1f%n",
                    String.join(", ", curve.setting().values()),
                    String.join(", ", curve.contender().values()),
                    curve.metric(),
                    last.round(),
                    last.seeds(),
                    last.seeds() > 1
                            ? "%.4f ± %.4f".formatted(last.mean(), last.deviation())
                            : "%.4f".formatted(last.mean()),
                    last.rank());
        }
        comparison
                .standings()
                .forEach(standing -> System.out.printf(
                        "Mean rank of %s: %.2f over %d settings%n",
                        String.join(", ", standing.contender().values()), standing.meanRank(), standing.settings()));
    }
}
