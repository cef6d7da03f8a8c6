package federa.compare;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Where the mean of some numbers lies with 95 % confidence, by the percentile bootstrap (Efron, 1979): the numbers are drawn
 * again with replacement, and the middle 95 % of the means of such draws make the interval.
 *
 * @param low NaN if there are fewer than two numbers
 * @param high as low
 */
public record Interval(double low, double high) {

    private static final int DRAWS = 10_000;
    private static final long SEED = 1979;
    private static final double TAIL = 0.025;

    /** The same numbers have the same interval, always. */
    static Interval ofMean(double[] numbers) {
        if (numbers.length < 2) {
            return new Interval(Double.NaN, Double.NaN);
        }
        SplittableRandom random = new SplittableRandom(SEED);
        double[] means = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            double sum = 0;
            for (int i = 0; i < numbers.length; i++) {
                sum += numbers[random.nextInt(numbers.length)];
            }
            means[draw] = sum / numbers.length;
        }
        Arrays.sort(means);
        int tail = (int) (TAIL * DRAWS);
        return new Interval(means[tail], means[DRAWS - 1 - tail]);
    }
}
