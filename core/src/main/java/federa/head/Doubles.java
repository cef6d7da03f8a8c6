package federa.head;

import federa.tensor.Tensor;

/**
 * Numbers of double precision as a tensor (n, 2) of float32, the form in which clients send: the nearest float32 of each and
 * the nearest of what is left, 48 bits together. Rows stay whole however a tensor is cut.
 */
final class Doubles {

    private Doubles() {}

    static Tensor toTensor(double[] numbers) {
        float[] pairs = new float[2 * numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            pairs[2 * i] = (float) numbers[i];
            pairs[2 * i + 1] = (float) (numbers[i] - pairs[2 * i]);
        }
        return new Tensor(shape(numbers.length), pairs);
    }

    static double[] of(Tensor pairs) {
        double[] numbers = new double[pairs.values().length / 2];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (double) pairs.values()[2 * i] + pairs.values()[2 * i + 1];
        }
        return numbers;
    }

    /** The shape of so many numbers. */
    static long[] shape(int count) {
        return new long[] {count, 2};
    }
}
