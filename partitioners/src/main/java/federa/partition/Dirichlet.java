package federa.partition;

import java.util.Arrays;
import org.apache.commons.math3.distribution.GammaDistribution;
import org.apache.commons.math3.random.RandomGenerator;

/**
 * Draws shares that sum to 1: normalised gamma variables, kept as logarithms.
 *
 * <p>At a concentration of 1e-3 or less a plain gamma variable is mostly 0 in double precision and the shares become
 * 0 / 0. Its logarithm is an ordinary number, because Gamma(a) = Gamma(a + 1) U^(1/a).
 *
 * @see <a href="https://luc.devroye.org/rnbookindex.html">Devroye, Non-Uniform Random Variate Generation,
 *     chapters IX and XI</a>
 */
final class Dirichlet {
    /** Keeps log(U) / a finite; far above it already, one share of a draw is 1 and the others are 0. */
    private static final double SMALLEST = 1e-200;

    private final double[] concentrations;
    private final GammaDistribution[] gammas;
    private final RandomGenerator random;

    Dirichlet(double[] concentrations, RandomGenerator random) {
        this.concentrations =
                Arrays.stream(concentrations).map(a -> Math.max(a, SMALLEST)).toArray();
        this.random = random;
        this.gammas = Arrays.stream(this.concentrations)
                .mapToObj(a -> new GammaDistribution(random, a < 1 ? a + 1 : a, 1))
                .toArray(GammaDistribution[]::new);
    }

    static double[] symmetric(int size, double concentration) {
        double[] result = new double[size];
        Arrays.fill(result, concentration);
        return result;
    }

    /** One draw; no share is NaN, however small the concentrations are. */
    double[] sample() {
        double[] shares = new double[gammas.length];
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < shares.length; i++) {
            shares[i] = logGamma(i);
            largest = Math.max(largest, shares[i]);
        }
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            shares[i] = StrictMath.exp(shares[i] - largest);
            sum += shares[i];
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    /** Cuts a queue of examples at the cumulative shares of one draw, rounded down; the parts sum to count. */
    long[] split(long count) {
        double[] shares = sample();
        long[] parts = new long[shares.length];
        double share = 0;
        long start = 0;
        for (int i = 0; i < parts.length; i++) {
            share += shares[i];
            long end = i == parts.length - 1 ? count : Math.min(count, (long) (share * count));
            parts[i] = end - start;
            start = end;
        }
        return parts;
    }

    private double logGamma(int i) {
        double a = concentrations[i];
        double log = StrictMath.log(gammas[i].sample());
        return a < 1 ? log + StrictMath.log(1 - random.nextDouble()) / a : log;
    }
}
