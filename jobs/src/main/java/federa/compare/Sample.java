package federa.compare;

import java.util.Arrays;

/** Mean, deviation and ranks of a few numbers. */
final class Sample {

    private Sample() {}

    static double mean(double[] numbers) {
        return Arrays.stream(numbers).average().orElse(Double.NaN);
    }

    /** The sample's standard deviation, with n - 1; NaN for fewer than two numbers. */
    static double deviation(double[] numbers) {
        if (numbers.length < 2) {
            return Double.NaN;
        }
        double mean = mean(numbers);
        double squares =
                Arrays.stream(numbers).map(x -> (x - mean) * (x - mean)).sum();
        return Math.sqrt(squares / (numbers.length - 1));
    }

    /** The place of each number, 1 for the highest; equal ones share the mean of their places. */
    static double[] ranks(double[] numbers) {
        return Arrays.stream(numbers)
                .map(x -> {
                    long above = Arrays.stream(numbers).filter(y -> y > x).count();
                    long equal = Arrays.stream(numbers).filter(y -> y == x).count();
                    return above + (equal + 1) / 2.0;
                })
                .toArray();
    }
}
