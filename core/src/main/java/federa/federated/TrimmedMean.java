package federa.federated;

import federa.spi.InvalidInputException;

/**
 * For each element, the mean of what is left when a share of the clients is cut at each end. Weights do not count. The share
 * must be at least that of the clients that may be dishonest, which is for the user to know; the paper has no default.
 *
 * @param cut share of the clients that is cut at each end, 0 to below 0.5; the number of clients is rounded down
 * @see <a href="https://arxiv.org/abs/1803.01498">Byzantine-robust distributed learning, definition 2</a>
 */
public record TrimmedMean(double cut) implements OrderStatistic {

    /** Far less than a client, and more than the rounding of a product such as 0.29 x 100. */
    private static final double ROUNDING = 1e-9;

    public TrimmedMean {
        if (!(cut >= 0 && cut < 0.5)) {
            throw new InvalidInputException(
                    "federation.aggregator.cut is the share of clients cut at each end, 0 to below 0.5, got " + cut);
        }
    }

    /** A fifth at each end. */
    public TrimmedMean() {
        this(0.2);
    }

    @Override
    public double of(float[] sorted) {
        // Of a share close to a half, rounding must not leave nothing.
        int cutOff = Math.min((int) (cut * sorted.length + ROUNDING), (sorted.length - 1) / 2);
        double sum = 0;
        for (int i = cutOff; i < sorted.length - cutOff; i++) {
            sum += sorted[i];
        }
        return sum / (sorted.length - 2 * cutOff);
    }
}
