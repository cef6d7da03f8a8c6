package federa.report;

import static java.util.Objects.requireNonNull;

/**
 * One metric on the held-out set after a round (0: before training); a round may have several metrics or none.
 *
 * @param loss held-out loss; NaN when unknown
 */
public record Evaluation(int round, String metric, double value, double loss) {
    public Evaluation {
        requireNonNull(metric, "metric");
    }
}
