package federa.random;

import federa.tensor.Tensor;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** New tensors of random numbers, each a pure function of its seed. */
public final class Draw {

    private Draw() {}

    /** Normally distributed elements with mean 0. */
    public static Tensor normal(double deviation, long seed, long... shape) {
        RandomGenerator random = new SplittableRandom(seed);
        float[] values = new float[Math.toIntExact(Tensor.size(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return new Tensor(shape, values);
    }

    /** Elements uniform in [-bound, bound). */
    public static Tensor uniform(double bound, long seed, long... shape) {
        RandomGenerator random = new SplittableRandom(seed);
        float[] values = new float[Math.toIntExact(Tensor.size(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        return new Tensor(shape, values);
    }

    /** Zeros. */
    public static Tensor zeros(long... shape) {
        return new Tensor(shape, new float[Math.toIntExact(Tensor.size(shape))]);
    }
}
